/* What the Python side of the engine shares; everything else here is free of Python. */
#ifndef CARELAY_PYTHON_H
#define CARELAY_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "port.h"

/* negotiate(peer, uplinks, slots, mid_id, transport_sequence_id): see _engine.pyi for the tuples. False with an
 * exception, and then nothing has changed. */
bool python_negotiate(struct relay *relay, struct peer *peer, PyObject *arguments);

/* The statistics of a peer as tuples, in the order of _engine.pyi. */
PyObject *python_stats(const struct peer *peer);

/* Counters of the port and its relay as a dict. */
PyObject *python_counters(const struct port *port);

/* What came since the last call. */
PyObject *python_datagrams(struct port *port);
PyObject *python_taps(struct port *port);

/* False with ValueError where `host` is no IP address. */
bool python_read_address(const char *host, int number, struct sockaddr_storage *address, socklen_t *size);
PyObject *python_address(const struct sockaddr_storage *address);

#endif
