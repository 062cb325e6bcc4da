#include "python_timeline.h"

/* --- SmallestDelay --- */

struct python_smallest {
    PyObject_HEAD
    struct smallest_delay delay;
};

static PyObject *smallest_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"window", NULL};
    double window;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "d", names, &window)) return NULL;
    struct python_smallest *self = (struct python_smallest *)type->tp_alloc(type, 0);
    if (self) smallest_delay_open(&self->delay, window);
    return (PyObject *)self;
}

static PyObject *smallest_observe(struct python_smallest *self, PyObject *arguments) {
    double sample, now;
    if (!PyArg_ParseTuple(arguments, "dd", &sample, &now)) return NULL;
    smallest_delay_observe(&self->delay, sample, now);
    Py_RETURN_NONE;
}

static PyObject *smallest_value(struct python_smallest *self, void *unused) {
    (void)unused;
    return PyFloat_FromDouble(smallest_delay_value(&self->delay));
}

static PyMethodDef smallest_methods[] = {
    {"observe", (PyCFunction)smallest_observe, METH_VARARGS, NULL}, {0}};
static PyGetSetDef smallest_properties[] = {{"value", (getter)smallest_value, NULL, NULL, NULL},
                                            {0}};

PyTypeObject smallest_delay_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "relay.recording._recording.SmallestDelay",
    .tp_basicsize = sizeof(struct python_smallest),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = smallest_new,
    .tp_methods = smallest_methods,
    .tp_getset = smallest_properties,
};

/* --- SenderClock --- */

struct python_sender {
    PyObject_HEAD
    struct sender_clock clock;
};

static PyObject *sender_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "", names)) return NULL;
    struct python_sender *self = (struct python_sender *)type->tp_alloc(type, 0);
    if (self) sender_clock_open(&self->clock);
    return (PyObject *)self;
}

PyTypeObject sender_clock_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "relay.recording._recording.SenderClock",
    .tp_basicsize = sizeof(struct python_sender),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = sender_new,
};

/* --- Timeline --- */

static PyObject *timeline_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"clock_rate", "sender", NULL};
    unsigned rate;
    PyObject *sender;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "IO!", names, &rate, &sender_clock_type,
                                     &sender))
        return NULL;
    if (!rate) return PyErr_Format(PyExc_ValueError, "a clock has a rate");
    struct python_timeline *self = (struct python_timeline *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->sender = Py_NewRef(sender);
    timeline_open(&self->line, rate, &((struct python_sender *)sender)->clock);
    return (PyObject *)self;
}

static void timeline_free(struct python_timeline *self) {
    Py_XDECREF(self->sender);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *unwrap(struct python_timeline *self, PyObject *arguments) {
    unsigned timestamp;
    if (!PyArg_ParseTuple(arguments, "I", &timestamp)) return NULL;
    return PyLong_FromLongLong(timeline_unwrap(&self->line, timestamp));
}

static PyObject *sender_report(struct python_timeline *self, PyObject *arguments) {
    unsigned long long ntp_time;
    long long timestamp;
    double arrival;
    if (!PyArg_ParseTuple(arguments, "KLd", &ntp_time, &timestamp, &arrival)) return NULL;
    timeline_report(&self->line, ntp_time, timestamp, arrival);
    Py_RETURN_NONE;
}

static PyObject *capture_time(struct python_timeline *self, PyObject *arguments) {
    long long timestamp;
    double arrival;
    if (!PyArg_ParseTuple(arguments, "Ld", &timestamp, &arrival)) return NULL;
    return PyFloat_FromDouble(timeline_capture_time(&self->line, timestamp, arrival));
}

static PyMethodDef timeline_methods[] = {
    {"unwrap", (PyCFunction)unwrap, METH_VARARGS, NULL},
    {"sender_report", (PyCFunction)sender_report, METH_VARARGS, NULL},
    {"capture_time", (PyCFunction)capture_time, METH_VARARGS, NULL},
    {0},
};

PyTypeObject timeline_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "relay.recording._recording.Timeline",
    .tp_basicsize = sizeof(struct python_timeline),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = timeline_new,
    .tp_dealloc = (destructor)timeline_free,
    .tp_methods = timeline_methods,
};
