/* The Python type Engine: see _engine.pyi for what each method means. */
#include "python.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "inbound.h"
#include "layer.h"
#include "outbound.h"
#include "python_address.h"
#include "python_drain.h"
#include "python_negotiate.h"
#include "python_stats.h"

struct engine {
    PyObject_HEAD
    struct port *port;
    PyObject *collected; /* without a socket: what would have been sent */
};

static bool is_open(const struct engine *self) {
    if (!self->port) PyErr_SetString(PyExc_ValueError, "the engine is closed");
    return self->port != NULL;
}

static struct relay *locked(struct engine *self) {
    if (!is_open(self)) return NULL;
    port_lock(self->port);
    return self->port->relay;
}

static PyObject *unlocked(struct engine *self, PyObject *result) {
    port_unlock(self->port);
    return result;
}

static PyObject *none_unlocked(struct engine *self) {
    return unlocked(self, PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}

/* Without a socket, datagrams are kept as (peer, bytes). */
static void collect(void *context, struct outbox *outbox) {
    struct engine *self = context;
    for (unsigned i = 0; i < outbox->count && self->collected; i++) {
        const struct outgoing *out = &outbox->items[i];
        PyObject *item = Py_BuildValue("(Iy#)", out->peer, out->data, (Py_ssize_t)out->length);
        if (!item || PyList_Append(self->collected, item) < 0) PyErr_WriteUnraisable(NULL);
        Py_XDECREF(item);
    }
    outbox->count = 0;
}

/* --- peers --- */

static PyObject *engine_add(struct engine *self, PyObject *argument) {
    unsigned long ssrc = PyLong_AsUnsignedLong(argument);
    struct relay *relay = PyErr_Occurred() ? NULL : locked(self);
    if (!relay) return NULL;
    struct peer *peer = relay_add(relay, (uint32_t)ssrc);
    if (peer && self->port->fd < 0) peer->address_size = sizeof(struct sockaddr_in);
    return unlocked(self, peer ? PyLong_FromUnsignedLong(peer->key) : PyErr_NoMemory());
}

static PyObject *engine_remove(struct engine *self, PyObject *argument) {
    unsigned long key = PyLong_AsUnsignedLong(argument);
    struct relay *relay = PyErr_Occurred() ? NULL : locked(self);
    if (!relay) return NULL;
    relay_remove(relay, (uint32_t)key);
    return none_unlocked(self);
}

static PyObject *engine_secure(struct engine *self, PyObject *arguments) {
    unsigned key;
    unsigned long long receive, send;
    if (!PyArg_ParseTuple(arguments, "IKK", &key, &receive, &send)) return NULL;
    struct relay *relay = locked(self);
    if (!relay) return NULL;
    relay_secure(relay, key, (void *)(uintptr_t)receive, (void *)(uintptr_t)send);
    return none_unlocked(self);
}

static PyObject *engine_negotiate(struct engine *self, PyObject *arguments, PyObject *keywords) {
    struct relay *relay = locked(self);
    if (!relay) return NULL;
    python_negotiate(relay, arguments, keywords);
    return none_unlocked(self);
}

/* --- addresses --- */

static PyObject *engine_bind(struct engine *self, PyObject *arguments) {
    PyObject *tuple;
    unsigned key;
    struct sockaddr_storage address;
    socklen_t size;
    if (!PyArg_ParseTuple(arguments, "O!I", &PyTuple_Type, &tuple, &key)) return NULL;
    if (!python_read_address(tuple, &address, &size) || !locked(self)) return NULL;
    if (!key)
        address_unbind(&self->port->addresses, &address);
    else if (!address_bind(&self->port->addresses, &address, key))
        PyErr_NoMemory();
    return none_unlocked(self);
}

static PyObject *engine_direct(struct engine *self, PyObject *arguments) {
    PyObject *tuple;
    unsigned key;
    const char *host = NULL;
    struct sockaddr_storage address = {0};
    struct local_address local;
    socklen_t size = 0;
    if (!PyArg_ParseTuple(arguments, "IO|z", &key, &tuple, &host) ||
        !python_read_local(host, &local))
        return NULL;
    if (PyTuple_Check(tuple) && !python_read_address(tuple, &address, &size)) return NULL;
    struct relay *relay = locked(self);
    if (!relay) return NULL;
    relay_direct(relay, key, &address, size, local);
    return none_unlocked(self);
}

/* --- routes --- */

static struct uplink *uplink_named(const struct peer *peer, const char *mid) {
    for (unsigned i = 0; peer && i < peer->uplink_count; i++)
        if (!strcmp(peer->uplinks[i]->mid, mid)) return peer->uplinks[i];
    return NULL;
}

static struct downlink *slot_named(const struct peer *peer, const char *mid) {
    for (unsigned i = 0; peer && i < peer->downlink_count; i++)
        if (!strcmp(peer->downlinks[i]->slot.mid, mid)) return peer->downlinks[i];
    return NULL;
}

static PyObject *engine_route(struct engine *self, PyObject *arguments) {
    unsigned key, publisher;
    const char *slot_mid, *uplink_mid;
    if (!PyArg_ParseTuple(arguments, "IsIs", &key, &slot_mid, &publisher, &uplink_mid)) return NULL;
    struct relay *relay = locked(self);
    if (!relay) return NULL;
    struct downlink *slot = slot_named(relay_peer(relay, key), slot_mid);
    if (slot && !downlink_attach(slot, uplink_named(relay_peer(relay, publisher), uplink_mid)))
        PyErr_NoMemory();
    return none_unlocked(self);
}

static PyObject *engine_tap(struct engine *self, PyObject *arguments) {
    unsigned key;
    int on;
    if (!PyArg_ParseTuple(arguments, "Ip", &key, &on)) return NULL;
    struct relay *relay = locked(self);
    if (!relay) return NULL;
    struct peer *peer = relay_peer(relay, key);
    if (peer && !taps_set(&relay->taps, peer, on)) PyErr_NoMemory();
    return none_unlocked(self);
}

static PyObject *engine_request_keyframe(struct engine *self, PyObject *arguments) {
    unsigned key;
    const char *mid;
    if (!PyArg_ParseTuple(arguments, "Is", &key, &mid)) return NULL;
    struct relay *relay = locked(self);
    if (!relay) return NULL;
    struct uplink *uplink = uplink_named(relay_peer(relay, key), mid);
    if (uplink) uplink_ask_recorded(uplink);
    return none_unlocked(self);
}

static PyObject *engine_disconnected(struct engine *self, PyObject *argument) {
    unsigned long key = PyLong_AsUnsignedLong(argument);
    struct relay *relay = PyErr_Occurred() ? NULL : locked(self);
    if (!relay) return NULL;
    struct peer *peer = relay_peer(relay, (uint32_t)key);
    for (unsigned i = 0; peer && i < peer->uplink_count; i++)
        relay_end(relay, peer, peer->uplinks[i]);
    return none_unlocked(self);
}

/* --- what the thread has for Python --- */

static PyObject *engine_datagrams(struct engine *self, PyObject *argument) {
    long most = PyLong_AsLong(argument);
    if (PyErr_Occurred() || !is_open(self)) return NULL;
    waker_clear(&self->port->waker);
    return python_datagrams(self->port, most);
}

static PyObject *engine_taps(struct engine *self, PyObject *unused) {
    (void)unused;
    if (!is_open(self)) return NULL;
    PyObject *items = python_taps(self->port);
    port_tidy(self->port);
    return items;
}

static PyObject *engine_last_heard(struct engine *self, PyObject *argument) {
    unsigned long key = PyLong_AsUnsignedLong(argument);
    struct relay *relay = PyErr_Occurred() ? NULL : locked(self);
    if (!relay) return NULL;
    const struct peer *peer = relay_peer(relay, (uint32_t)key);
    return unlocked(self, peer && peer->heard ? PyFloat_FromDouble(peer->last_heard)
                                              : Py_NewRef(Py_None));
}

static PyObject *engine_stats(struct engine *self, PyObject *argument) {
    unsigned long key = PyLong_AsUnsignedLong(argument);
    struct relay *relay = PyErr_Occurred() ? NULL : locked(self);
    if (!relay) return NULL;
    const struct peer *peer = relay_peer(relay, (uint32_t)key);
    return unlocked(self, peer ? python_stats(peer) : Py_NewRef(Py_None));
}

static PyObject *engine_counters(struct engine *self, PyObject *unused) {
    (void)unused;
    return locked(self) ? unlocked(self, python_counters(self->port)) : NULL;
}

/* --- without a socket --- */

static PyObject *take_collected(struct engine *self) {
    collect(self, &self->port->relay->outbox);
    PyObject *collected = self->collected;
    self->collected = NULL;
    return unlocked(self, collected);
}

static bool may_collect(struct engine *self) {
    if (self->port && self->port->fd >= 0)
        PyErr_SetString(PyExc_ValueError, "an engine with a socket serves itself");
    else if (locked(self))
        return (self->collected = PyList_New(0)) || !none_unlocked(self);
    return false;
}

static PyObject *engine_receive(struct engine *self, PyObject *arguments) {
    unsigned key;
    Py_buffer datagram;
    double now, interval = 0;
    if (!PyArg_ParseTuple(arguments, "Iy*d|d", &key, &datagram, &now, &interval)) return NULL;
    uint8_t data[MAX_DATAGRAM + 1];
    size_t length = (size_t)datagram.len < sizeof data ? (size_t)datagram.len : sizeof data;
    memcpy(data, datagram.buf, length);
    PyBuffer_Release(&datagram);
    if (!may_collect(self)) return NULL;
    struct peer *peer = relay_peer(self->port->relay, key);
    if (peer)
        relay_receive(self->port->relay, peer, data, length, now, now);
    else
        self->port->relay->dropped[DROPPED_UNKNOWN_PEER]++;
    if (interval > 0) relay_tick_due(self->port->relay, now, interval);
    return take_collected(self);
}

static PyObject *engine_tick(struct engine *self, PyObject *arguments) {
    double now, interval = 0;
    if (!PyArg_ParseTuple(arguments, "d|d", &now, &interval) || !may_collect(self)) return NULL;
    if (interval > 0)
        relay_tick_due(self->port->relay, now, interval);
    else
        relay_tick(self->port->relay, now);
    return take_collected(self);
}

/* --- the type --- */

static PyObject *engine_start(struct engine *self, PyObject *unused) {
    (void)unused;
    if (!self->port || self->port->fd < 0 || self->port->started)
        return PyErr_Format(PyExc_ValueError, "no socket, or started before, or closed");
    int error = port_start(self->port);
    if (!error) Py_RETURN_NONE;
    errno = error;
    return PyErr_SetFromErrno(PyExc_OSError);
}

static PyObject *engine_close(struct engine *self, PyObject *unused) {
    (void)unused;
    struct port *port = self->port;
    self->port = NULL;
    if (port) {
        Py_BEGIN_ALLOW_THREADS
        port_close(port);
        Py_END_ALLOW_THREADS
    }
    Py_RETURN_NONE;
}

static PyObject *engine_event_fd(struct engine *self, void *unused) {
    (void)unused;
    return PyLong_FromLong(self->port ? self->port->waker.read_fd : -1);
}

static PyObject *engine_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"fd", "epoch", "max_video_bitrate_bps", "taps_bytes", NULL};
    int fd;
    double epoch;
    unsigned long long max_video_bps;
    Py_ssize_t taps_bytes = 1 << 28;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "idK|n", names, &fd, &epoch,
                                     &max_video_bps, &taps_bytes))
        return NULL;
    if (taps_bytes < 4096 || taps_bytes & (taps_bytes - 1))
        return PyErr_Format(PyExc_ValueError, "taps_bytes must be a power of two");
    struct engine *self = (struct engine *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->port = port_open(fd, epoch, max_video_bps, (size_t)taps_bytes);
    if (!self->port) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    if (fd < 0) {
        self->port->relay->outbox.flush = collect;
        self->port->relay->outbox.context = self;
    }
    return (PyObject *)self;
}

static void engine_free(struct engine *self) {
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(engine_close(self, NULL));
    type->tp_free(self);
    Py_DECREF(type);
}

#define METHOD(name, flags) {#name, (PyCFunction)(void (*)(void))engine_##name, flags, NULL}
static PyMethodDef methods[] = {
    METHOD(add, METH_O),
    METHOD(remove, METH_O),
    METHOD(secure, METH_VARARGS),
    METHOD(negotiate, METH_VARARGS | METH_KEYWORDS),
    METHOD(bind, METH_VARARGS),
    METHOD(direct, METH_VARARGS),
    METHOD(route, METH_VARARGS),
    METHOD(tap, METH_VARARGS),
    METHOD(request_keyframe, METH_VARARGS),
    METHOD(disconnected, METH_O),
    METHOD(datagrams, METH_O),
    METHOD(taps, METH_NOARGS),
    METHOD(last_heard, METH_O),
    METHOD(stats, METH_O),
    METHOD(counters, METH_NOARGS),
    METHOD(receive, METH_VARARGS),
    METHOD(tick, METH_VARARGS),
    METHOD(start, METH_NOARGS),
    METHOD(close, METH_NOARGS),
    {0},
};
static PyGetSetDef properties[] = {
    {"event_fd", (getter)(void (*)(void))engine_event_fd, NULL, NULL, NULL}, {0}};
static PyType_Slot slots[] = {{Py_tp_new, engine_new},
                              {Py_tp_dealloc, engine_free},
                              {Py_tp_methods, methods},
                              {Py_tp_getset, properties},
                              {0, NULL}};
static PyType_Spec specification = {"relay.engine._engine.Engine", sizeof(struct engine), 0,
                                    Py_TPFLAGS_DEFAULT, slots};

static PyObject *use_libsrtp(PyObject *module, PyObject *arguments) {
    (void)module;
    unsigned long long protect, unprotect, protect_rtcp, unprotect_rtcp;
    if (!PyArg_ParseTuple(arguments, "KKKK", &protect, &unprotect, &protect_rtcp, &unprotect_rtcp))
        return NULL;
    typedef int (*function)(void *, void *, int *);
    srtp = (struct srtp_functions){(function)(uintptr_t)protect, (function)(uintptr_t)unprotect,
                                   (function)(uintptr_t)protect_rtcp,
                                   (function)(uintptr_t)unprotect_rtcp};
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {{"use_libsrtp", use_libsrtp, METH_VARARGS, NULL}, {0}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_engine", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__engine(void) {
    PyObject *module = PyModule_Create(&definition);
    PyObject *type = module ? PyType_FromSpec(&specification) : NULL;
    if (type && PyModule_AddObjectRef(module, "Engine", type) == 0 && python_stats_types(module) &&
        python_drain_types(module) && PyModule_AddIntMacro(module, PRECEDENCE) == 0) {
        Py_DECREF(type);
        return module;
    }
    Py_XDECREF(type);
    Py_XDECREF(module);
    return NULL;
}
