/* The type ClusterWriter: frames in, the header and whole clusters out (RFC 9559 section 5.1.3). */
#include "python_muxer.h"

#include <string.h>

#include "annexb.h"
#include "python_frame.h"

enum { VIDEO = 1, AUDIO = 2 }; /* track numbers */
enum { MAX_CLUSTER_MS = 500 }; /* what kill -9 may cost while a cluster is being built */
/* ms before its first frame, for what is put in later; a block has 16 bits */
enum { MAX_BACK_MS = 30000 };
enum { MAX_CLUSTER_OCTETS = 16 << 10 };
/* A keyframe begins a cluster, to be found, unless the one before is smaller. */
enum { KEYFRAME_OCTETS = 4 << 10 };
/* A track that is so far behind brings nothing, and nothing waits for it. */
enum { MAX_APART_MS = 500 };
enum { DELAY_MS = 7 }; /* Opus' pre-skip on the time line, rounded; players take it off again */
enum { SAMPLES_A_MS = 48 };
enum { BLOCK_HEAD = 9, CLUSTER_HEAD = 4 + 8 + 2 + 8 };
static const uint8_t SIMPLE_BLOCK = 0xa3, TIMESTAMP = 0xe7, KEYFRAME = 0x80;
static const uint8_t CLUSTER[4] = {0x1f, 0x43, 0xb6, 0x75};
static const long long NEVER = -(1LL << 40);

struct waiting { /* a frame on its way; `data` is owned */
    long long time;
    uint8_t track;
    bool keyframe;
    PyObject *data;
};

struct block {
    uint8_t head[BLOCK_HEAD];
    PyObject *data;
};

struct muxer {
    PyObject_HEAD
    PyObject *header; /* until it was written; then NULL */
    PyObject *index, *cues;
    bool lengths;
    uint8_t cued;                /* the track whose keyframes are what one can seek to */
    long long newest[AUDIO + 1]; /* time, by track */
    struct waiting *held;        /* of one track at a time, the oldest first */
    size_t held_first, held_count, held_room;
    long long begin, last; /* of the cluster at hand: times */
    size_t size;           /* and octets */
    struct block *blocks;
    size_t block_count, block_room;
};

/* Room for one more item of `size`; false with an exception. */
static bool make_room(void *items, size_t count, size_t *room, size_t size) {
    void **list = items;
    if (count < *room) return true;
    size_t wanted = *room ? 2 * *room : 32;
    void *larger = PyMem_Realloc(*list, wanted * size);
    if (!larger) return PyErr_NoMemory() != NULL;
    *list = larger;
    *room = wanted;
    return true;
}

static void put(uint8_t *out, uint64_t value, unsigned octets) {
    while (octets--) *out++ = (uint8_t)(value >> 8 * octets);
}

/* --- clusters --- */

static size_t write_timestamp(uint8_t *out, uint64_t time) {
    unsigned octets = 1;
    while (octets < 8 && time >> 8 * octets) octets++;
    out[0] = TIMESTAMP;
    out[1] = (uint8_t)(0x80 | octets);
    put(out + 2, time, octets);
    return 2 + octets;
}

/* The shortest one (RFC 8794 section 4). */
static size_t write_size(uint8_t *out, uint64_t size) {
    unsigned octets = 1;
    while (size >= ((uint64_t)1 << 7 * octets) - 1) octets++;
    put(out, size | (uint64_t)1 << 7 * octets, octets);
    return octets;
}

static uint8_t *copy(uint8_t *out, const void *octets, size_t count) {
    memcpy(out, octets, count);
    return out + count;
}

/* The cluster's octets, whose blocks are gone then. */
static PyObject *join(struct muxer *self) {
    uint8_t timestamp[10], head[CLUSTER_HEAD];
    size_t timestamp_size = write_timestamp(timestamp, (uint64_t)self->begin);
    uint8_t *end = copy(head, CLUSTER, sizeof CLUSTER);
    end += write_size(end, timestamp_size + self->size);
    end = copy(end, timestamp, timestamp_size);
    size_t head_size = (size_t)(end - head);
    PyObject *cluster = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(head_size + self->size));
    uint8_t *out = cluster ? copy((uint8_t *)PyBytes_AS_STRING(cluster), head, head_size) : NULL;
    for (size_t i = 0; i < self->block_count; i++) {
        struct block *block = &self->blocks[i];
        if (cluster) out = copy(out, block->head, sizeof block->head);
        if (cluster)
            out = copy(out, PyBytes_AS_STRING(block->data), (size_t)PyBytes_GET_SIZE(block->data));
        Py_DECREF(block->data);
    }
    self->block_count = self->size = 0;
    return cluster;
}

static bool succeeded(PyObject *result) {
    Py_XDECREF(result);
    return result != NULL;
}

static bool write_header(struct muxer *self, PyObject *due) {
    PyObject *header = self->header;
    self->header = NULL;
    bool written = !header || (PyList_Append(due, header) == 0 &&
                               succeeded(PyObject_CallMethod(self->index, "feed", "O", header)));
    Py_XDECREF(header);
    return written;
}

/* Writes the cluster at hand, if there is one. */
static bool end_cluster(struct muxer *self, PyObject *due) {
    if (!self->block_count) return true;
    PyObject *cues = self->cues, *no_cues = PyList_New(0);
    if (!no_cues) return false;
    self->cues = no_cues; /* those of this cluster go with it, written or not */
    PyObject *cluster = join(self);
    bool written = cluster && write_header(self, due) &&
                   succeeded(PyObject_CallMethod(self->index, "add_cluster", "nLO",
                                                 PyBytes_GET_SIZE(cluster), self->last, cues)) &&
                   PyList_Append(due, cluster) == 0;
    Py_XDECREF(cluster);
    Py_DECREF(cues);
    return written;
}

static bool fits(const struct muxer *self, const struct waiting *frame, long long time) {
    size_t most = frame->keyframe && frame->track == VIDEO ? KEYFRAME_OCTETS : MAX_CLUSTER_OCTETS;
    long long from_begin = time - self->begin;
    return self->size <= most && from_begin >= -MAX_BACK_MS && from_begin <= MAX_CLUSTER_MS;
}

static bool cue(struct muxer *self, long long time) {
    PyObject *number = PyLong_FromLongLong(time);
    bool noted = number && PyList_Append(self->cues, number) == 0;
    Py_XDECREF(number);
    return noted;
}

/* Takes over the frame's data. */
static bool write_frame(struct muxer *self, struct waiting frame, PyObject *due) {
    long long time = frame.time + (frame.track == AUDIO ? DELAY_MS : 0);
    if ((!fits(self, &frame, time) && !end_cluster(self, due)) ||
        !make_room(&self->blocks, self->block_count, &self->block_room, sizeof *self->blocks)) {
        Py_DECREF(frame.data);
        return false;
    }
    if (!self->block_count) self->begin = self->last = time;
    struct block *block = &self->blocks[self->block_count++];
    size_t size = (size_t)PyBytes_GET_SIZE(frame.data);
    block->data = frame.data;
    block->head[0] = SIMPLE_BLOCK;
    put(block->head + 1, (size + 4) | 0x10000000, 4); /* a size of four octets */
    block->head[5] = 0x80 | frame.track;
    put(block->head + 6, (uint64_t)(time - self->begin), 2);
    block->head[8] = frame.keyframe ? KEYFRAME : 0;
    self->size += BLOCK_HEAD + size;
    if (time > self->last) self->last = time;
    return !frame.keyframe || frame.track != self->cued || cue(self, time);
}

/* --- the order of both tracks --- */

static bool write_oldest(struct muxer *self, PyObject *due) {
    struct waiting frame = self->held[self->held_first++];
    if (!--self->held_count) self->held_first = 0;
    return write_frame(self, frame, due);
}

static bool write_held(struct muxer *self, PyObject *due) {
    while (self->held_count)
        if (!write_oldest(self, due)) return false;
    return true;
}

static bool hold(struct muxer *self, struct waiting frame) {
    if (self->held_first > self->held_count) {
        memmove(self->held, self->held + self->held_first, self->held_count * sizeof *self->held);
        self->held_first = 0;
    }
    if (make_room(&self->held, self->held_first + self->held_count, &self->held_room,
                  sizeof *self->held)) {
        self->held[self->held_first + self->held_count++] = frame;
        return true;
    }
    Py_DECREF(frame.data);
    return false;
}

/* Those of the other track before the frame: by time, and of the same time the picture first. */
static bool write_earlier(struct muxer *self, const struct waiting *frame, PyObject *due) {
    while (self->held_count) {
        const struct waiting *oldest = &self->held[self->held_first];
        bool earlier = oldest->time < frame->time ||
                       (oldest->time == frame->time && oldest->track < frame->track);
        if (!earlier) break;
        if (!write_oldest(self, due)) return false;
    }
    return true;
}

/* Takes over the frame's data: it waits until the other track has come as far, unless that one
 * brings nothing. */
static bool take(struct muxer *self, struct waiting frame, PyObject *due) {
    long long ahead = frame.time - self->newest[AUDIO + VIDEO - frame.track];
    self->newest[frame.track] = frame.time;
    if (self->held_count && self->held[self->held_first].track != frame.track) {
        if (!write_earlier(self, &frame, due)) {
            Py_DECREF(frame.data);
            return false;
        }
        if (self->held_count) ahead = 0;
    }
    if (ahead > 0 && ahead <= MAX_APART_MS) return hold(self, frame);
    if (ahead > 0 && !write_held(self, due)) {
        Py_DECREF(frame.data);
        return false;
    }
    return write_frame(self, frame, due);
}

/* What came due; takes over the frame's data, NULL with an exception. */
static PyObject *taken(struct muxer *self, struct waiting frame) {
    PyObject *due = frame.data ? PyList_New(0) : NULL;
    if (!due)
        Py_XDECREF(frame.data);
    else if (!take(self, frame, due))
        Py_CLEAR(due);
    return due;
}

/* --- the type --- */

static bool in_range(long long time) {
    if (time >= 0 && time < 1LL << 40) return true;
    PyErr_SetString(PyExc_ValueError, "a time outside of the file");
    return false;
}

static PyObject *with_lengths(PyObject *data) {
    const uint8_t *stream = (uint8_t *)PyBytes_AS_STRING(data);
    size_t length = (size_t)PyBytes_GET_SIZE(data), size = annexb_with_lengths_size(stream, length);
    PyObject *result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (result) annexb_with_lengths(stream, length, (uint8_t *)PyBytes_AS_STRING(result));
    return result;
}

static PyObject *muxer_video(struct muxer *self, PyObject *arguments) {
    struct frame *frame;
    long long time;
    if (!PyArg_ParseTuple(arguments, "O!L", &frame_type, &frame, &time) || !in_range(time))
        return NULL;
    PyObject *data = self->lengths ? with_lengths(frame->data) : Py_NewRef(frame->data);
    return taken(self, (struct waiting){time, VIDEO, frame->keyframe, data});
}

static PyObject *muxer_audio(struct muxer *self, PyObject *arguments) {
    PyObject *payload;
    long long samples;
    if (!PyArg_ParseTuple(arguments, "SL", &payload, &samples) || !in_range(samples)) return NULL;
    long long time = (samples + SAMPLES_A_MS / 2) / SAMPLES_A_MS;
    return taken(self, (struct waiting){time, AUDIO, true, Py_NewRef(payload)});
}

static PyObject *muxer_close(struct muxer *self, PyObject *unused) {
    (void)unused;
    PyObject *due = PyList_New(0);
    if (due && (!write_held(self, due) || !end_cluster(self, due))) Py_CLEAR(due);
    return due;
}

static PyObject *muxer_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"header", "index", "video", "audio", "lengths", NULL};
    PyObject *header, *index;
    int video, audio, lengths;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "SO$ppp", names, &header, &index, &video,
                                     &audio, &lengths))
        return NULL;
    struct muxer *self = (struct muxer *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->header = Py_NewRef(header);
    self->index = Py_NewRef(index);
    self->cues = PyList_New(0);
    self->lengths = lengths;
    self->cued = video ? VIDEO : AUDIO;
    self->newest[VIDEO] = video ? -1 : NEVER;
    self->newest[AUDIO] = audio ? -1 : NEVER;
    if (!self->cues) Py_CLEAR(self);
    return (PyObject *)self;
}

static void muxer_free(struct muxer *self) {
    for (size_t i = 0; i < self->held_count; i++) Py_DECREF(self->held[self->held_first + i].data);
    for (size_t i = 0; i < self->block_count; i++) Py_DECREF(self->blocks[i].data);
    PyMem_Free(self->held);
    PyMem_Free(self->blocks);
    Py_XDECREF(self->header);
    Py_XDECREF(self->index);
    Py_XDECREF(self->cues);
    Py_TYPE(self)->tp_free(self);
}

static PyMethodDef methods[] = {
    {"video", (PyCFunction)muxer_video, METH_VARARGS, NULL},
    {"audio", (PyCFunction)muxer_audio, METH_VARARGS, NULL},
    {"close", (PyCFunction)muxer_close, METH_NOARGS, NULL},
    {0},
};

PyTypeObject muxer_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "relay.recording._recording.ClusterWriter",
    .tp_basicsize = sizeof(struct muxer),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = muxer_new,
    .tp_dealloc = (destructor)muxer_free,
    .tp_methods = methods,
};
