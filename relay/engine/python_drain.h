/* What the thread has for Python since the last call. */
#ifndef CARELAY_PYTHON_DRAIN_H
#define CARELAY_PYTHON_DRAIN_H

#include "python.h"

#include "port.h"

/* Adds the types of what follows to the module; false with an exception. */
bool python_drain_types(PyObject *module);

PyObject *python_datagrams(struct port *port, long most);
PyObject *python_taps(struct port *port);

#endif
