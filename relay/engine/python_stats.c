#include "python_stats.h"

#include <math.h>

#include "python_record.h"

/* --- the types --- */

/* Both ways of a track; the fields from OWN on are of one way alone. */
enum {
    MID,
    FORMAT,
    RID,
    TOKEN,
    PACKETS,
    BYTES,
    BPS,
    LOST,
    LOSS,
    JITTER,
    NACKS,
    RETRANSMITTED,
    PLIS,
    OWN
};
#define TRACK_FIELDS                                                                               \
    [MID] = {"mid", "its m-line"}, [FORMAT] = {"format", "of the codec that flows; empty: none"},  \
    [RID] = {"rid", "layer of the source; empty: it has one"},                                     \
    [TOKEN] = {"token", "of the source; 0: none"}, [PACKETS] = {"packets", NULL},                  \
    [BYTES] = {"bytes", NULL}, [BPS] = {"bitrate_bps", NULL}, [LOST] = {"lost", NULL},             \
    [LOSS] = {"loss", "0 to 1"}, [JITTER] = {"jitter_ms", NULL}, [NACKS] = {"nacks", NULL},        \
    [RETRANSMITTED] = {"retransmitted", NULL}, [PLIS] = {"plis", NULL}

enum { ACTIVE = OWN, UPLINK_FIELDS };
static PyStructSequence_Field uplink_fields[] = {
    TRACK_FIELDS, [ACTIVE] = {"active", "packets come, or are refused"}, [UPLINK_FIELDS] = {0}};
static PyStructSequence_Desc uplink_type = {"relay.engine._engine.UplinkStats",
                                            "What a peer sends on one layer.", uplink_fields,
                                            UPLINK_FIELDS};

enum { CACHED = OWN, OWN_LOSS, OWN_JITTER, REPORTED, SLOT_FIELDS };
static PyStructSequence_Field slot_fields[] = {
    TRACK_FIELDS,
    [CACHED] = {"cached", "of the NACKed packets, those still in the cache"},
    [OWN_LOSS] = {"own_loss", "of what was sent, over the last long stretch; None: not known"},
    [OWN_JITTER] = {"own_jitter_ms", "beyond what the stream had when it came from its publisher"},
    [REPORTED] = {"reported", "packets go out, and the subscriber reports on them"},
    [SLOT_FIELDS] = {0}};
static PyStructSequence_Desc slot_type = {"relay.engine._engine.SlotStats",
                                          "What a peer receives on one slot.", slot_fields,
                                          SLOT_FIELDS};

enum { UPLINKS, SLOTS, ROUND_TRIP, CAP, BUDGET, BYTES_SENT, STRANGERS, PEER_FIELDS };
static PyStructSequence_Field peer_fields[] = {
    [UPLINKS] = {"uplinks", NULL},
    [SLOTS] = {"slots", NULL},
    [ROUND_TRIP] = {"rtt_ms", "None: not measured"},
    [CAP] = {"cap_bps", "what it was told to send at most; None: nothing"},
    [BUDGET] = {"budget_bps", "video that it can take; None: nothing binds it"},
    [BYTES_SENT] = {"bytes_sent", "RTP to it"},
    [STRANGERS] = {"strangers", "it goes on sending RTP of no uplink"},
    [PEER_FIELDS] = {0},
};
static PyStructSequence_Desc peer_type = {"relay.engine._engine.PeerStats", "One peer.",
                                          peer_fields, PEER_FIELDS};

static PyTypeObject *UplinkStats, *SlotStats, *PeerStats;

bool python_stats_types(PyObject *module) {
    return (UplinkStats = python_record_type(module, &uplink_type)) &&
           (SlotStats = python_record_type(module, &slot_type)) &&
           (PeerStats = python_record_type(module, &peer_type));
}

/* --- a peer --- */

static PyObject *number(uint64_t value) { return PyLong_FromUnsignedLongLong(value); }

static const char *format_of(const struct stream *stream) {
    return stream && stream->serial ? stream->codec->format : "";
}

static PyObject *up(const struct uplink *uplink) {
    const struct stream *stream = &uplink->stream;
    const struct reception *reception = &stream->reception;
    bool known = stream->serial != 0;
    double refused = refusals_lasting(&uplink->refusals);
    PyObject *values[UPLINK_FIELDS] = {
        [MID] = PyUnicode_FromString(uplink->mid),
        [FORMAT] = PyUnicode_FromString(format_of(stream)),
        [RID] = PyUnicode_FromString(uplink->rid),
        [TOKEN] = number(uplink->token),
        [PACKETS] = number(uplink->packets),
        [BYTES] = number(uplink->rate.count),
        [BPS] = number(uplink->rate.bps),
        [LOST] = PyLong_FromLongLong(known ? reception_lost(reception) : 0),
        [LOSS] = PyFloat_FromDouble(fmax(reception->fraction_lost, refused)),
        [JITTER] = PyFloat_FromDouble(known ? 1000 * reception->jitter / reception->clock_rate : 0),
        [NACKS] = number(uplink->nacks),
        [RETRANSMITTED] = number(uplink->retransmitted),
        [PLIS] = number(uplink->keyframes.sent),
        [ACTIVE] = PyBool_FromLong(uplink->active || refused > 0),
    };
    return python_record(UplinkStats, values, UPLINK_FIELDS);
}

static double in_ms(double timestamp_units, const struct stream *stream) {
    return stream ? 1000 * timestamp_units / stream->codec->clock_rate : 0.0;
}

static PyObject *own_loss(const struct downlink *downlink) {
    return downlink->loss.known ? PyFloat_FromDouble(downlink->loss.fraction) : Py_NewRef(Py_None);
}

static PyObject *down(const struct downlink *downlink) {
    const struct uplink *source = downlink->source;
    const struct stream *stream = source && source->stream.serial ? &source->stream : NULL;
    const struct report *report = downlink->has_report ? &downlink->report : NULL;
    PyObject *values[SLOT_FIELDS] = {
        [MID] = PyUnicode_FromString(downlink->slot.mid),
        [FORMAT] = PyUnicode_FromString(format_of(stream)),
        [RID] = PyUnicode_FromString(source ? source->rid : ""),
        [TOKEN] = number(source ? source->token : 0),
        [PACKETS] = number(downlink->packets),
        [BYTES] = number(downlink->rate.count),
        [BPS] = number(downlink->rate.bps),
        [LOST] = PyLong_FromLong(report ? report->lost : 0),
        [LOSS] = PyFloat_FromDouble(report ? report->fraction_lost / 256.0 : 0),
        [JITTER] = PyFloat_FromDouble(report ? in_ms(report->jitter, stream) : 0.0),
        [NACKS] = number(downlink->nacks),
        [RETRANSMITTED] = number(downlink->retransmitted),
        [PLIS] = number(downlink->plis),
        [CACHED] = number(downlink->cached),
        [OWN_LOSS] = own_loss(downlink),
        [OWN_JITTER] = PyFloat_FromDouble(in_ms(downlink->own_jitter, stream)),
        [REPORTED] = PyBool_FromLong(downlink_flowing(downlink) && report),
    };
    return python_record(SlotStats, values, SLOT_FIELDS);
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
    const struct round_trips *trips = &peer->round_trips;
    PyObject *values[PEER_FIELDS] = {
        [UPLINKS] = uplinks(peer),
        [SLOTS] = downlinks(peer),
        [ROUND_TRIP] =
            trips->known ? PyFloat_FromDouble(1000 * trips->seconds) : Py_NewRef(Py_None),
        [CAP] = peer->cap.told ? number(peer->cap.bps) : Py_NewRef(Py_None),
        [BUDGET] = peer->budget.bound ? number(peer->budget.bps) : Py_NewRef(Py_None),
        [BYTES_SENT] = number(peer->bytes_sent),
        [STRANGERS] = PyBool_FromLong(refusals_lasting(&peer->strangers) > 0),
    };
    return python_record(PeerStats, values, PEER_FIELDS);
}

/* --- the port --- */

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
    uint64_t too_slow = atomic_load(&port->relay->taps.ring.dropped);
    uint64_t queue_full = atomic_load(&port->control.dropped);
    complete = complete && add_dropped(reasons, "recorder_too_slow", too_slow) &&
               add_dropped(reasons, "control_queue_full", queue_full);
    if (!complete) Py_CLEAR(reasons);
    return reasons;
}

PyObject *python_counters(const struct port *port) {
    const struct relay *relay = port->relay;
    return Py_BuildValue("{s:N,s:K,s:K,s:N,s:K,s:N,s:d}", "dropped", dropped(port),
                         "received_packets", relay->received_packets, "forwarded_packets",
                         relay->forwarded_packets, "batches", numbers(port->batches, BATCH_BUCKETS),
                         "datagrams", port->datagrams, "delays",
                         numbers(port->delays, DELAY_BUCKETS), "delay_sum", port->delay_sum);
}
