"""What the recorder does with each packet and each frame, in Python: it recorded the first calls,
and now it is what the C of relay/recording is compared with, frame by frame and octet by octet
(test_same_frames.py).
"""
