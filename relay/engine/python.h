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
PyObject *python_datagrams(struct port *port, long most);
PyObject *python_taps(struct port *port);

/* From (host, port) or IPv6's (host, port, flow, scope); false with an exception. */
bool python_read_address(PyObject *tuple, struct sockaddr_storage *address, socklen_t *size);
PyObject *python_address(const struct sockaddr_storage *address);

/* From and to a host, or None. */
bool python_read_local(const char *host, struct local_address *local);
PyObject *python_local(const struct local_address *local);

#endif
