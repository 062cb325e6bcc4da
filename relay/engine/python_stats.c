#include "python_stats.h"

#include <math.h>

static const char *format_of(const struct stream *stream) {
    return stream && stream->serial ? stream->codec->format : "";
}

static PyObject *up(const struct uplink *uplink) {
    const struct stream *stream = &uplink->stream;
    const struct reception *reception = &stream->reception;
    bool known = stream->serial != 0;
    double refused = refusals_lasting(&uplink->refusals);
    return Py_BuildValue(
        "(ssIKKKLddKKKOs)", uplink->mid, format_of(stream), uplink->token, uplink->packets, uplink->rate.count,
        uplink->rate.bps, (long long)(known ? reception_lost(reception) : 0), fmax(reception->fraction_lost, refused),
        known ? 1000 * reception->jitter / reception->clock_rate : 0.0, uplink->nacks, uplink->retransmitted,
        uplink->keyframes.sent, uplink->active || refused > 0 ? Py_True : Py_False, uplink->rid);
}

static PyObject *lasting_loss(const struct downlink *downlink) {
    return downlink->loss.known ? PyFloat_FromDouble(downlink->loss.fraction) : Py_NewRef(Py_None);
}

static PyObject *down(const struct downlink *downlink) {
    const struct uplink *source = downlink->source;
    const struct stream *stream = source && source->stream.serial ? &source->stream : NULL;
    const struct report *report = downlink->has_report ? &downlink->report : NULL;
    double jitter_ms = report && stream ? 1000.0 * report->jitter / stream->codec->clock_rate : 0.0;
    return Py_BuildValue("(ssIKKKlddKKKKNOs)", downlink->slot.mid, format_of(stream), source ? source->token : 0u,
                         downlink->packets, downlink->rate.count, downlink->rate.bps,
                         (long)(report ? report->lost : 0), report ? report->fraction_lost / 256.0 : 0.0, jitter_ms,
                         downlink->nacks, downlink->retransmitted, downlink->plis, downlink->cached,
                         lasting_loss(downlink), downlink_flowing(downlink) && report ? Py_True : Py_False,
                         source ? source->rid : "");
}

static PyObject *uplinks(const struct peer *peer) {
    PyObject *list = PyList_New(peer->uplink_count);
    for (unsigned i = 0; list && i < peer->uplink_count; i++) {
        PyObject *item = up(peer->uplinks[i]);
        if (!item)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, item);
    }
    return list;
}

static PyObject *downlinks(const struct peer *peer) {
    PyObject *list = PyList_New(peer->downlink_count);
    for (unsigned i = 0; list && i < peer->downlink_count; i++) {
        PyObject *item = down(peer->downlinks[i]);
        if (!item)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, item);
    }
    return list;
}

PyObject *python_stats(const struct peer *peer) {
    PyObject *rtt =
        peer->round_trips.known ? PyFloat_FromDouble(1000 * peer->round_trips.seconds) : Py_NewRef(Py_None);
    PyObject *cap = peer->cap.told ? PyLong_FromUnsignedLongLong(peer->cap.bps) : Py_NewRef(Py_None);
    return Py_BuildValue("(NNNNKO)", uplinks(peer), downlinks(peer), rtt, cap, peer->bytes_sent,
                         refusals_lasting(&peer->strangers) > 0 ? Py_True : Py_False);
}

static PyObject *numbers(const uint64_t *values, size_t count) {
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (size_t i = 0; list && i < count; i++) {
        PyObject *item = PyLong_FromUnsignedLongLong(values[i]);
        if (!item)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, (Py_ssize_t)i, item);
    }
    return list;
}

static bool add_dropped(PyObject *dropped, const char *reason, uint64_t count) {
    if (!count) return true;
    PyObject *value = PyLong_FromUnsignedLongLong(count);
    bool added = value && PyDict_SetItemString(dropped, reason, value) == 0;
    Py_XDECREF(value);
    return added;
}

static PyObject *dropped(const struct port *port) {
    PyObject *reasons = PyDict_New();
    bool complete = reasons != NULL;
    for (unsigned i = 0; complete && i < DROPPED_REASONS; i++)
        complete = add_dropped(reasons, dropped_names[i], port->relay->dropped[i]);
    complete = complete && add_dropped(reasons, "recorder_too_slow", atomic_load(&port->relay->taps.ring.dropped)) &&
               add_dropped(reasons, "control_queue_full", atomic_load(&port->control.dropped));
    if (!complete) Py_CLEAR(reasons);
    return reasons;
}

PyObject *python_counters(const struct port *port) {
    const struct relay *relay = port->relay;
    return Py_BuildValue("{s:N,s:K,s:K,s:N,s:K,s:N,s:d}", "dropped", dropped(port), "received_packets",
                         relay->received_packets, "forwarded_packets", relay->forwarded_packets, "batches",
                         numbers(port->batches, BATCH_BUCKETS), "datagrams", port->datagrams, "delays",
                         numbers(port->delays, DELAY_BUCKETS), "delay_sum", port->delay_sum);
}
