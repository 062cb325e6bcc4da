#include "python_depacketize.h"

#include <structmember.h>

#include "opus.h"
#include "picture.h"
#include "python_frame.h"

/* One of relay.tap.Packet; `payload` belongs to its tuple. */
struct arrived {
    long long timestamp;
    bool marker;
    PyObject *payload;
    double arrival;
};

static bool read_packet(PyObject *tuple, struct arrived *packet) {
    if (!PyTuple_Check(tuple) || PyTuple_GET_SIZE(tuple) != 4 ||
        !PyBytes_Check(PyTuple_GET_ITEM(tuple, 2))) {
        PyErr_SetString(PyExc_TypeError,
                        "a packet is a tuple of timestamp, marker, payload and arrival");
        return false;
    }
    packet->timestamp = PyLong_AsLongLong(PyTuple_GET_ITEM(tuple, 0));
    packet->marker = PyTuple_GET_ITEM(tuple, 1) == Py_True;
    packet->payload = PyTuple_GET_ITEM(tuple, 2);
    packet->arrival = PyFloat_AsDouble(PyTuple_GET_ITEM(tuple, 3));
    return !PyErr_Occurred();
}

static bool append(PyObject *list, PyObject *item) {
    bool appended = item && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return appended;
}

/* Adds to `frames` what the packet brings; false with an exception. */
typedef bool (*take_packet)(PyObject *self, const struct arrived *packet, PyObject *frames);

/* feed(lost, packets) → frames */
static PyObject *feed(PyObject *self, PyObject *packets, take_packet take) {
    if (!PyList_Check(packets))
        return PyErr_Format(PyExc_TypeError, "the packets are to be a list");
    PyObject *frames = PyList_New(0);
    for (Py_ssize_t i = 0; frames && i < PyList_GET_SIZE(packets); i++) {
        struct arrived packet;
        if (!read_packet(PyList_GET_ITEM(packets, i), &packet) || !take(self, &packet, frames))
            Py_CLEAR(frames);
    }
    return frames;
}

/* --- pictures --- */

struct video_depacketizer {
    PyObject_HEAD
    struct picture picture;
};

static PyObject *video_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"codec_name", NULL};
    const char *name;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s", names, &name)) return NULL;
    bool h264 = !strcmp(name, "H264");
    if (!h264 && strcmp(name, "VP8") != 0)
        return PyErr_Format(PyExc_ValueError, "%s is not recorded", name);
    struct video_depacketizer *self = (struct video_depacketizer *)type->tp_alloc(type, 0);
    if (self) picture_open(&self->picture, h264 ? PICTURE_H264 : PICTURE_VP8);
    return (PyObject *)self;
}

static void video_free(struct video_depacketizer *self) {
    picture_close(&self->picture);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *frame_of(struct picture *picture) {
    PyObject *data = PyBytes_FromStringAndSize((char *)picture->data, (Py_ssize_t)picture->length);
    PyObject *frame =
        frame_new(data, picture->keyframe, picture->timestamp, picture->arrival, picture->gap);
    picture_taken(picture);
    return frame;
}

static bool take_payload(PyObject *self, const struct arrived *packet, PyObject *frames) {
    struct picture *picture = &((struct video_depacketizer *)self)->picture;
    enum picture_state state = picture_add(
        picture, packet->timestamp, packet->marker, (uint8_t *)PyBytes_AS_STRING(packet->payload),
        (size_t)PyBytes_GET_SIZE(packet->payload), packet->arrival);
    if (state == PICTURE_OUT_OF_MEMORY) return PyErr_NoMemory() != NULL;
    return state == PICTURE_UNFINISHED || append(frames, frame_of(picture));
}

static PyObject *video_feed(struct video_depacketizer *self, PyObject *arguments) {
    Py_ssize_t lost;
    PyObject *packets;
    if (!PyArg_ParseTuple(arguments, "nO", &lost, &packets)) return NULL;
    if (lost > 0) picture_lose(&self->picture);
    return feed((PyObject *)self, packets, take_payload);
}

static PyObject *video_size(struct video_depacketizer *self, PyObject *unused) {
    (void)unused;
    return PyLong_FromSize_t(sizeof *self + self->picture.room);
}

static PyMethodDef video_methods[] = {
    {"feed", (PyCFunction)video_feed, METH_VARARGS, NULL},
    {"__sizeof__", (PyCFunction)video_size, METH_NOARGS, NULL},
    {0},
};
#define VIDEO(field) offsetof(struct video_depacketizer, picture.field), READONLY, NULL
static PyMemberDef video_members[] = {
    {"needs_keyframe", T_BOOL, VIDEO(needs_keyframe)},
    {"unreadable", T_ULONGLONG, VIDEO(unreadable)},
    {"discarded", T_ULONGLONG, VIDEO(discarded)},
    {0},
};

PyTypeObject video_depacketizer_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "relay.recording._recording.VideoDepacketizer",
    .tp_basicsize = sizeof(struct video_depacketizer),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = video_new,
    .tp_dealloc = (destructor)video_free,
    .tp_methods = video_methods,
    .tp_members = video_members,
};

/* --- sound --- */

struct sound_depacketizer {
    PyObject_HEAD
    unsigned long long unreadable, discarded;
    bool gap;
};

static bool take_sound(PyObject *object, const struct arrived *packet, PyObject *frames) {
    struct sound_depacketizer *self = (struct sound_depacketizer *)object;
    size_t length = (size_t)PyBytes_GET_SIZE(packet->payload);
    if (!length) return true; /* it only probes the bandwidth */
    unsigned samples = opus_samples((uint8_t *)PyBytes_AS_STRING(packet->payload), length);
    bool possible = samples > 0 && samples <= MAX_OPUS_SAMPLES, gap = self->gap;
    self->gap = !possible;
    self->unreadable += !possible;
    if (!possible) return true;
    return append(frames, frame_new(Py_NewRef(packet->payload), true, packet->timestamp,
                                    packet->arrival, gap));
}

static PyObject *sound_feed(struct sound_depacketizer *self, PyObject *arguments) {
    Py_ssize_t lost;
    PyObject *packets;
    if (!PyArg_ParseTuple(arguments, "nO", &lost, &packets)) return NULL;
    self->gap |= lost > 0;
    return feed((PyObject *)self, packets, take_sound);
}

static PyMethodDef sound_methods[] = {{"feed", (PyCFunction)sound_feed, METH_VARARGS, NULL}, {0}};
static PyMemberDef sound_members[] = {
    {"unreadable", T_ULONGLONG, offsetof(struct sound_depacketizer, unreadable), READONLY, NULL},
    {"discarded", T_ULONGLONG, offsetof(struct sound_depacketizer, discarded), READONLY, NULL},
    {0},
};

PyTypeObject sound_depacketizer_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "relay.recording._recording.SoundDepacketizer",
    .tp_basicsize = sizeof(struct sound_depacketizer),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
    .tp_methods = sound_methods,
    .tp_members = sound_members,
};
