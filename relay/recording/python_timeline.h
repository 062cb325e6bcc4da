/* The types SmallestDelay, SenderClock and Timeline. */
#ifndef CARELAY_PYTHON_TIMELINE_H
#define CARELAY_PYTHON_TIMELINE_H

#include "python.h"
#include "timeline.h"

struct python_timeline {
    PyObject_HEAD
    PyObject *sender;
    struct timeline line;
};

extern PyTypeObject smallest_delay_type, sender_clock_type, timeline_type;

#endif
