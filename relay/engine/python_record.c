#include "python_record.h"

#include <string.h>

PyTypeObject *python_record_type(PyObject *module, PyStructSequence_Desc *description) {
    PyTypeObject *type = PyStructSequence_NewType(description);
    const char *name = strrchr(description->name, '.') + 1;
    if (type && PyModule_AddObjectRef(module, name, (PyObject *)type) == 0) return type;
    Py_XDECREF(type);
    return NULL;
}

PyObject *python_record(PyTypeObject *type, PyObject *const *values, size_t count) {
    PyObject *record = PyStructSequence_New(type);
    bool complete = record != NULL;
    for (size_t i = 0; i < count; i++) {
        complete = complete && values[i];
        if (record)
            PyStructSequence_SetItem(record, (Py_ssize_t)i, values[i]);
        else
            Py_XDECREF(values[i]);
    }
    if (!complete) Py_CLEAR(record);
    return record;
}
