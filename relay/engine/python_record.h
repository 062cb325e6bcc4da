/* Struct sequences: what C hands to Python with a name for each field. */
#ifndef CARELAY_PYTHON_RECORD_H
#define CARELAY_PYTHON_RECORD_H

#include "python.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes the type and adds it to the module by the last word of its name; NULL with an exception. */
PyTypeObject *python_record_type(PyObject *module, PyStructSequence_Desc *description);

/* One of that type. Takes the values over; NULL with an exception, also if one of them is NULL. */
PyObject *python_record(PyTypeObject *type, PyObject *const *values, size_t count);

#endif
