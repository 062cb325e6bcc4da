/* The type Frame: one encoded picture, or one packet of sound. */
#ifndef CARELAY_PYTHON_FRAME_H
#define CARELAY_PYTHON_FRAME_H

#include "python.h"

struct frame {
    PyObject_HEAD
    PyObject *data; /* bytes */
    double arrival;
    long long timestamp;
    char keyframe, lost;
};

extern PyTypeObject frame_type;

/* Takes over `data`; NULL with an exception. */
PyObject *frame_new(PyObject *data, bool keyframe, long long timestamp, double arrival, bool lost);

#endif
