/* Addresses between Python and the socket. */
#ifndef CARELAY_PYTHON_ADDRESS_H
#define CARELAY_PYTHON_ADDRESS_H

#include "python.h"

#include "outbox.h"

/* From (host, port) or IPv6's (host, port, flow, scope); false with an exception. */
bool python_read_address(PyObject *tuple, struct sockaddr_storage *address, socklen_t *size);
PyObject *python_address(const struct sockaddr_storage *address);

/* From and to a host, or None. */
bool python_read_local(const char *host, struct local_address *local);
PyObject *python_local(const struct local_address *local);

#endif
