/* What the Python side of the engine shares; everything else here is free of Python. */
#ifndef CARELAY_PYTHON_H
#define CARELAY_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "port.h"

/* negotiate(peer, uplinks, slots, mid_id, transport_sequence_id): see _engine.pyi for the tuples. */
bool python_negotiate(struct relay *relay, struct peer *peer, PyObject *arguments);

/* The statistics of a peer as tuples, in the order of _engine.pyi. */
PyObject *python_stats(const struct peer *peer);

/* Counters of the port and its relay as a dict. */
PyObject *python_counters(const struct port *port);

#endif
