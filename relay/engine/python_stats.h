/* Counters for Python. */
#ifndef CARELAY_PYTHON_STATS_H
#define CARELAY_PYTHON_STATS_H

#include "python.h"

#include "port.h"

/* The statistics of a peer as tuples, in the order of _engine.pyi. */
PyObject *python_stats(const struct peer *peer);

/* Counters of the port and its relay as a dict. */
PyObject *python_counters(const struct port *port);

#endif
