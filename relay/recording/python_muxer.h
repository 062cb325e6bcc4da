/* The type ClusterWriter. */
#ifndef CARELAY_PYTHON_MUXER_H
#define CARELAY_PYTHON_MUXER_H

#include "python.h"

extern PyTypeObject muxer_type;

#endif
