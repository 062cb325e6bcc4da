/* The Python type Generator: see _load.pyi for what each method means. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "loop.h"

struct python_generator {
    PyObject_HEAD
    struct generator *generator;
    bool running; /* in another thread, which has let go of the GIL */
};

static struct generator *idle(struct python_generator *self) {
    if (!self->generator)
        PyErr_SetString(PyExc_ValueError, "the load generator is closed");
    else if (self->running)
        PyErr_SetString(PyExc_RuntimeError, "the load generator is running");
    else
        return self->generator;
    return NULL;
}

static PyObject *generator_new_object(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"protect", "unprotect", "protect_rtcp", "unprotect_rtcp", NULL};
    unsigned long long protect, unprotect, protect_rtcp, unprotect_rtcp;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "KKKK", names, &protect, &unprotect,
                                     &protect_rtcp, &unprotect_rtcp))
        return NULL;
    typedef int (*function)(void *, void *, int *);
    struct srtp srtp = {(function)(uintptr_t)protect, (function)(uintptr_t)unprotect,
                        (function)(uintptr_t)protect_rtcp, (function)(uintptr_t)unprotect_rtcp};
    struct python_generator *self = (struct python_generator *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->generator = generator_new(&srtp);
    if (self->generator) return (PyObject *)self;
    Py_DECREF(self);
    return PyErr_NoMemory();
}

static void generator_dealloc(struct python_generator *self) {
    PyTypeObject *type = Py_TYPE(self);
    if (self->generator) generator_free(self->generator);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *python_close(struct python_generator *self, PyObject *Py_UNUSED(ignored)) {
    struct generator *generator = idle(self);
    if (!generator) return NULL;
    self->generator = NULL;
    generator_free(generator);
    Py_RETURN_NONE;
}

static PyObject *python_add_client(struct python_generator *self, PyObject *arguments) {
    struct generator *generator = idle(self);
    int fd;
    unsigned long long send, receive;
    const char *consent;
    Py_ssize_t length;
    if (!generator ||
        !PyArg_ParseTuple(arguments, "iKKy#", &fd, &send, &receive, &consent, &length))
        return NULL;
    int index =
        generator_add_client(generator, fd, (void *)(uintptr_t)send, (void *)(uintptr_t)receive,
                             (const uint8_t *)consent, (size_t)length);
    if (index >= 0) return PyLong_FromLong(index);
    PyErr_SetString(PyExc_ValueError, "too many clients for the load generator");
    return NULL;
}

static PyObject *python_add_stream(struct python_generator *self, PyObject *arguments,
                                   PyObject *keywords) {
    static char *names[] = {"client",
                            "ssrc",
                            "rtx_ssrc",
                            "payload_type",
                            "rtx_payload_type",
                            "video",
                            "packets_per_second",
                            "payload_size",
                            "packets_a_frame",
                            "timestamp_step",
                            "send_time_at",
                            "transport_sequence_at",
                            "extension",
                            NULL};
    struct generator *generator = idle(self);
    struct stream_settings it = {0};
    int index, video;
    const char *extension;
    Py_ssize_t length;
    if (!generator) return NULL;
    if (!PyArg_ParseTupleAndKeywords(
            arguments, keywords, "i$IIIIpIIIIIIy#:add_stream", names, &index, &it.ssrc,
            &it.rtx_ssrc, &it.payload_type, &it.rtx_payload_type, &video, &it.packets_per_second,
            &it.payload_size, &it.packets_a_frame, &it.timestamp_step, &it.send_time_at,
            &it.transport_sequence_at, &extension, &length))
        return NULL;
    it.video = (uint32_t)video;
    it.extension_length = (uint32_t)length;
    if (length <= MAX_EXTENSION) memcpy(it.extension, extension, (size_t)length);
    if (generator_add_stream(generator, index, &it) == 0) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "too many tracks for the load generator");
    return NULL;
}

static PyObject *python_lose(struct python_generator *self, PyObject *arguments) {
    struct generator *generator = idle(self);
    int per_mille, repairing;
    if (!generator || !PyArg_ParseTuple(arguments, "ip", &per_mille, &repairing)) return NULL;
    generator->loss_per_mille = per_mille;
    generator->repairing = repairing;
    Py_RETURN_NONE;
}

static PyObject *without_gil(struct python_generator *self, PyObject *argument,
                             void (*work)(struct generator *, double)) {
    double seconds = PyFloat_AsDouble(argument);
    struct generator *generator = PyErr_Occurred() ? NULL : idle(self);
    if (!generator) return NULL;
    self->running = true;
    Py_BEGIN_ALLOW_THREADS
    work(generator, seconds);
    Py_END_ALLOW_THREADS
    self->running = false;
    Py_RETURN_NONE;
}

static PyObject *python_run(struct python_generator *self, PyObject *seconds) {
    return without_gil(self, seconds, generator_run);
}

static PyObject *python_drain(struct python_generator *self, PyObject *seconds) {
    return without_gil(self, seconds, generator_drain);
}

static PyObject *as_dict(const struct tally *tally) {
    const struct figures *it = &tally->figures;
    return Py_BuildValue(
        "{sK sK sK sK sK sK sK sK sK sK sK sK sK sK sK sK}", "sent", it->sent, "forwarded",
        it->forwarded, "repeated", it->repeated, "repaired", it->repaired, "received_octets",
        it->received_octets, "retransmitted", it->retransmitted, "nacks_sent", it->nacks_sent,
        "keyframes_asked", it->keyframes_asked, "unreadable", it->unreadable, "lost_up",
        it->lost_up, "lost_down", it->lost_down, "send_failed", it->send_failed, "delay_p50_us",
        delays_percentile(&tally->delays, 0.5), "delay_p99_us",
        delays_percentile(&tally->delays, 0.99), "cpu_ns", it->cpu_ns, "wall_ns", it->wall_ns);
}

static PyObject *python_take(struct python_generator *self, PyObject *Py_UNUSED(ignored)) {
    static struct tally taken; /* too large for a stack; the GIL is held */
    struct generator *generator = idle(self);
    if (!generator) return NULL;
    generator_take(generator, &taken);
    return as_dict(&taken);
}

static PyObject *python_total(struct python_generator *self, PyObject *Py_UNUSED(ignored)) {
    static struct tally taken;
    struct generator *generator = idle(self);
    if (!generator) return NULL;
    generator_take(generator, &taken);
    return as_dict(&generator->total);
}

static PyObject *python_begin_total(struct python_generator *self, PyObject *Py_UNUSED(ignored)) {
    struct generator *generator = idle(self);
    if (!generator) return NULL;
    memset(&generator->now, 0, sizeof generator->now);
    memset(&generator->total, 0, sizeof generator->total);
    Py_RETURN_NONE;
}

#define METHOD(name, kind) {#name, (PyCFunction)(void (*)(void))python_##name, kind, NULL}

static PyMethodDef methods[] = {
    METHOD(add_client, METH_VARARGS),
    METHOD(add_stream, METH_VARARGS | METH_KEYWORDS),
    METHOD(lose, METH_VARARGS),
    METHOD(run, METH_O),
    METHOD(drain, METH_O),
    METHOD(take, METH_NOARGS),
    METHOD(total, METH_NOARGS),
    METHOD(begin_total, METH_NOARGS),
    METHOD(close, METH_NOARGS),
    {0},
};

static PyType_Slot slots[] = {{Py_tp_new, generator_new_object},
                              {Py_tp_dealloc, generator_dealloc},
                              {Py_tp_methods, methods},
                              {0, NULL}};
static PyType_Spec specification = {"relay.load._load.Generator", sizeof(struct python_generator),
                                    0, Py_TPFLAGS_DEFAULT, slots};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_load", NULL, -1, NULL, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__load(void) {
    PyObject *module = PyModule_Create(&definition);
    PyObject *type = module ? PyType_FromSpec(&specification) : NULL;
    if (type && PyModule_AddObject(module, "Generator", type) == 0) return module;
    Py_XDECREF(type);
    Py_XDECREF(module);
    return NULL;
}
