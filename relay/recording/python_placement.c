#include "python_placement.h"

#include <math.h>
#include <string.h>

#include "python_frame.h"
#include "python_timeline.h"

/* All in seconds. A smaller step is jitter, and lips and voice are still together. */
static const double STEP = 0.05;
/* For so long the delay must stay; in each slice the smallest must be the same, but for STEP. */
static const double SETTLED = 0.5, SLICE = 0.1;
/* With what a cluster and a second of storing hold, a crash must cost no more than 3 s. */
static const double MAX_HELD = 1;
enum { SLICES = 16 };       /* more than MAX_HELD has */
enum { MAX_UNDECIDED = 3 }; /* times that frames are let go undecided */

struct held { /* owns its frame */
    struct frame *frame;
    int64_t timestamp;
    double delay; /* arrival against timestamp in seconds, from any origin */
};

struct placement {
    PyObject_HEAD
    struct python_timeline *timeline;
    struct smallest_delay level; /* of the frames before a step */
    int64_t last_timestamp;
    double last_delay, last_time;
    double low, newest; /* smallest delay and latest arrival among those held */
    double next_look;
    unsigned undecided;
    Py_ssize_t held_count, held_room;
    struct held *held; /* in the order in which they came */
};

/* --- giving times --- */

/* What was sent later was not captured earlier. */
static double time_of(struct placement *self, int64_t timestamp, double arrival) {
    double captured = timeline_capture_time(&self->timeline->line, timestamp, arrival);
    if (captured > self->last_time) self->last_time = captured;
    return self->last_time;
}

static double place(struct placement *self, int64_t timestamp, double delay, double arrival) {
    self->last_timestamp = timestamp;
    self->last_delay = delay;
    smallest_delay_observe(&self->level, delay, arrival);
    return time_of(self, timestamp, arrival);
}

/* Adds (frame, time) and takes over the frame. */
static bool put(PyObject *placed, struct frame *frame, double time) {
    PyObject *pair = Py_BuildValue("(Nd)", frame, time);
    bool added = pair && PyList_Append(placed, pair) == 0;
    Py_XDECREF(pair);
    return added;
}

/* --- holding back --- */

static bool hold(struct placement *self, struct held this) {
    if (self->held_count == self->held_room) {
        Py_ssize_t room = self->held_room ? 2 * self->held_room : 32;
        struct held *more = PyMem_Realloc(self->held, (size_t)room * sizeof *more);
        if (!more) return PyErr_NoMemory() != NULL;
        self->held = more;
        self->held_room = room;
    }
    double arrival = this.frame->arrival;
    if (!self->held_count) {
        self->low = this.delay;
        self->newest = arrival;
        self->next_look = arrival + SETTLED;
    }
    Py_INCREF(this.frame);
    self->held[self->held_count++] = this;
    self->low = fmin(self->low, this.delay);
    self->newest = fmax(self->newest, arrival);
    return true;
}

/* Undecided frames go on the old line; the next one counts as a step from the same level. */
static bool let_go(struct placement *self, PyObject *placed, bool undecided) {
    Py_ssize_t count = self->held_count, next = 0;
    bool well = true;
    self->held_count = 0;
    while (well && next < count) {
        struct held *one = &self->held[next++];
        double arrival = one->frame->arrival;
        double time = undecided ? time_of(self, one->timestamp, arrival)
                                : place(self, one->timestamp, one->delay, arrival);
        well = put(placed, one->frame, time);
    }
    while (next < count) Py_DECREF(self->held[next++].frame);
    return well;
}

static bool let_go_decided(struct placement *self, PyObject *placed) {
    self->undecided = 0;
    return let_go(self, placed, false);
}

static bool is_settled(const struct placement *self, double since) {
    double slices[SLICES], smallest = INFINITY, largest = -INFINITY;
    unsigned known = 0;
    for (unsigned i = 0; i < SLICES; i++) slices[i] = INFINITY;
    for (Py_ssize_t i = 0; i < self->held_count; i++) {
        double slice = (self->held[i].frame->arrival - since) / SLICE;
        unsigned at = slice < SLICES ? (unsigned)fmax(slice, 0) : SLICES - 1;
        if (slice >= 0) slices[at] = fmin(slices[at], self->held[i].delay);
    }
    for (unsigned i = 0; i < SLICES; i++) {
        if (isinf(slices[i])) continue;
        known++;
        smallest = fmin(smallest, slices[i]);
        largest = fmax(largest, slices[i]);
    }
    return known > 1 && largest - smallest <= STEP;
}

static void begin_anew(struct placement *self) {
    timeline_move(&self->timeline->line, self->low - smallest_delay_value(&self->level));
    smallest_delay_open(&self->level, SETTLED);
}

static bool judge(struct placement *self, PyObject *placed) {
    if (self->low <= smallest_delay_value(&self->level) + STEP) return let_go_decided(self, placed);
    if (self->newest < self->next_look) return true;
    self->next_look = self->newest + SLICE;
    bool settled = is_settled(self, self->newest - SETTLED);
    if (!settled && self->newest - self->held[0].frame->arrival <= MAX_HELD) return true;
    if (!settled && ++self->undecided <= MAX_UNDECIDED) return let_go(self, placed, true);
    begin_anew(self);
    return let_go_decided(self, placed);
}

/* A delay that swings rises over time; a standstill takes no time by the sender's clock. */
static bool steps_up(const struct placement *self, int64_t timestamp, double delay) {
    double step = delay - self->last_delay;
    if (step <= STEP) return false; /* nearly always */
    double passed = (double)(timestamp - self->last_timestamp) / self->timeline->line.rate;
    return step > 2 * passed && delay > smallest_delay_value(&self->level) + STEP;
}

static bool add_frame(struct placement *self, struct frame *frame, PyObject *placed) {
    struct timeline *line = &self->timeline->line;
    int64_t timestamp = timeline_unwrap(line, (uint32_t)frame->timestamp);
    double delay = frame->arrival - (double)timestamp / line->rate;
    if (self->held_count || steps_up(self, timestamp, delay))
        return hold(self, (struct held){frame, timestamp, delay}) && judge(self, placed);
    double time = place(self, timestamp, delay, frame->arrival);
    return put(placed, (struct frame *)Py_NewRef((PyObject *)frame), time);
}

/* --- the type --- */

static PyObject *placement_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"timeline", NULL};
    PyObject *timeline;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O!", names, &timeline_type, &timeline))
        return NULL;
    struct placement *self = (struct placement *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->timeline = (struct python_timeline *)Py_NewRef(timeline);
    smallest_delay_open(&self->level, SETTLED);
    self->last_delay = self->low = INFINITY;
    self->last_time = -INFINITY;
    return (PyObject *)self;
}

static void placement_free(struct placement *self) {
    for (Py_ssize_t i = 0; i < self->held_count; i++) Py_DECREF(self->held[i].frame);
    PyMem_Free(self->held);
    Py_XDECREF(self->timeline);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *placement_add(struct placement *self, PyObject *frames) {
    if (!PyList_Check(frames)) return PyErr_Format(PyExc_TypeError, "the frames are to be a list");
    PyObject *placed = PyList_New(0);
    for (Py_ssize_t i = 0; placed && i < PyList_GET_SIZE(frames); i++) {
        PyObject *frame = PyList_GET_ITEM(frames, i);
        bool is_frame = PyObject_TypeCheck(frame, &frame_type);
        if (!is_frame) PyErr_SetString(PyExc_TypeError, "one of the frames is not a Frame");
        if (!is_frame || !add_frame(self, (struct frame *)frame, placed)) Py_CLEAR(placed);
    }
    return placed;
}

/* All that is held, if `due`; and nothing else. */
static PyObject *let_go_if(struct placement *self, bool due) {
    PyObject *placed = PyList_New(0);
    if (placed && due && !let_go_decided(self, placed)) Py_CLEAR(placed);
    return placed;
}

static PyObject *placement_reported(struct placement *self, PyObject *arguments) {
    long long timestamp;
    if (!PyArg_ParseTuple(arguments, "L", &timestamp)) return NULL;
    bool told = self->held_count && timestamp >= self->held[0].timestamp;
    if (told) smallest_delay_open(&self->level, SETTLED);
    return let_go_if(self, told);
}

static PyObject *placement_expire(struct placement *self, PyObject *arguments) {
    double now;
    if (!PyArg_ParseTuple(arguments, "d", &now)) return NULL;
    return let_go_if(self, self->held_count && now - self->held[0].frame->arrival > MAX_HELD);
}

static PyObject *placement_flush(struct placement *self, PyObject *unused) {
    (void)unused;
    if (self->held_count > 1 && is_settled(self, self->held[0].frame->arrival)) begin_anew(self);
    return let_go_if(self, true);
}

static PyMethodDef methods[] = {
    {"add", (PyCFunction)placement_add, METH_O, NULL},
    {"reported", (PyCFunction)placement_reported, METH_VARARGS, NULL},
    {"expire", (PyCFunction)placement_expire, METH_VARARGS, NULL},
    {"flush", (PyCFunction)placement_flush, METH_NOARGS, NULL},
    {0},
};

PyTypeObject placement_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "relay.recording._recording.Placement",
    .tp_basicsize = sizeof(struct placement),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = placement_new,
    .tp_dealloc = (destructor)placement_free,
    .tp_methods = methods,
};
