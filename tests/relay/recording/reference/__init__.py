"""What the recorder does with each packet and each frame, in Python.

It recorded the first calls, and now it is what the C of relay/recording is compared with, frame by
frame, time by time and octet by octet (test_same_frames.py).
"""
