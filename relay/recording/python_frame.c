#include "python_frame.h"

#include <structmember.h>

PyObject *frame_new(PyObject *data, bool keyframe, long long timestamp, double arrival, bool lost) {
    struct frame *self = data ? PyObject_New(struct frame, &frame_type) : NULL;
    if (!self) {
        Py_XDECREF(data);
        return NULL;
    }
    self->data = data;
    self->keyframe = keyframe;
    self->timestamp = timestamp;
    self->arrival = arrival;
    self->lost = lost;
    return (PyObject *)self;
}

static PyObject *frame_create(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"data", "keyframe", "timestamp", "arrival", "lost", NULL};
    PyObject *data;
    long long timestamp;
    double arrival;
    int keyframe, lost = 0;
    (void)type;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "SpLd|p", names, &data, &keyframe,
                                     &timestamp, &arrival, &lost))
        return NULL;
    return frame_new(Py_NewRef(data), keyframe, timestamp, arrival, lost);
}

static void frame_free(struct frame *self) {
    Py_XDECREF(self->data);
    PyObject_Free(self);
}

static PyMemberDef members[] = {
    {"data", T_OBJECT_EX, offsetof(struct frame, data), READONLY, NULL},
    {"keyframe", T_BOOL, offsetof(struct frame, keyframe), READONLY, NULL},
    {"timestamp", T_LONGLONG, offsetof(struct frame, timestamp), READONLY, NULL},
    {"arrival", T_DOUBLE, offsetof(struct frame, arrival), READONLY, NULL},
    {"lost", T_BOOL, offsetof(struct frame, lost), READONLY, NULL},
    {0},
};

PyTypeObject frame_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "relay.recording._recording.Frame",
    .tp_basicsize = sizeof(struct frame),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = frame_create,
    .tp_dealloc = (destructor)frame_free,
    .tp_members = members,
};
