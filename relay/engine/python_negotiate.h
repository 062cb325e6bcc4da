/* What was agreed with a peer, from Python to tracks. */
#ifndef CARELAY_PYTHON_NEGOTIATE_H
#define CARELAY_PYTHON_NEGOTIATE_H

#include "python.h"

#include "relay.h"

/* See _engine.pyi for the arguments. False with an exception, and then nothing has changed. */
bool python_negotiate(struct relay *relay, PyObject *arguments, PyObject *keywords);

#endif
