/* Python's own header, for whatever talks to Python; everything else here is free of Python. */
#ifndef CARELAY_PYTHON_H
#define CARELAY_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#endif
