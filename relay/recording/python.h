/* Python, as the files that know of it need it; _recording.pyi tells what each type is for. */
#ifndef CARELAY_RECORDING_PYTHON_H
#define CARELAY_RECORDING_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

#endif
