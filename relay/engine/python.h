/* Python's own header, as whatever talks to Python takes it in; everything else here is free of
 * Python. */
#ifndef CARELAY_PYTHON_H
#define CARELAY_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#endif
