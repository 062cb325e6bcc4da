/* What the thread has for Python, as lists of tuples in the order of _engine.pyi. */
#include <limits.h>

#include "python.h"

static PyObject *control_item(const void *data) {
    const struct control_record *record = data;
    return Py_BuildValue("(INy#)", record->peer, python_address(&record->address), record->data,
                         (Py_ssize_t)record->length);
}

static PyObject *tap_item(const void *data) {
    const struct tap_record *record = data;
    return Py_BuildValue("(iIIiy#dKI)", record->kind, record->peer, record->uplink, record->payload_type,
                         record->data, (Py_ssize_t)record->length, record->at, (unsigned long long)record->ntp,
                         record->rtp);
}

static PyObject *drain(struct ring *ring, long most, PyObject *(*item_of)(const void *record)) {
    PyObject *list = PyList_New(0);
    size_t size;
    for (const void *record; list && most-- > 0 && (record = ring_peek(ring, &size)); ring_release(ring)) {
        PyObject *item = item_of(record);
        if (!item || PyList_Append(list, item) < 0) Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

PyObject *python_datagrams(struct port *port, long most) { return drain(&port->control, most, control_item); }

PyObject *python_taps(struct port *port) { return drain(&port->relay->taps, LONG_MAX, tap_item); }
