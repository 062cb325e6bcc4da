/* The types VideoDepacketizer and SoundDepacketizer. */
#ifndef CARELAY_PYTHON_DEPACKETIZE_H
#define CARELAY_PYTHON_DEPACKETIZE_H

#include "python.h"

extern PyTypeObject video_depacketizer_type, sound_depacketizer_type;

#endif
