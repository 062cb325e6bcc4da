/* Counters for Python. */
#ifndef CARELAY_PYTHON_STATS_H
#define CARELAY_PYTHON_STATS_H

#include "python.h"

#include "port.h"

/* Adds the types of what follows to the module; false with an exception. */
bool python_stats_types(PyObject *module);

/* The statistics of a peer. */
PyObject *python_stats(const struct peer *peer);

/* Counters of the port and its relay as a dict. */
PyObject *python_counters(const struct port *port);

#endif
