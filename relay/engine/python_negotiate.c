#include "python_negotiate.h"

#include <stdlib.h>
#include <string.h>

static bool copy_text(char *to, size_t size, const char *from, const char *what) {
    size_t length = strlen(from);
    if (length >= size) {
        PyErr_Format(PyExc_ValueError, "%s of %zu octets is too long", what, length);
        return false;
    }
    memcpy(to, from, length + 1);
    return true;
}

/* PyArg_ParseTupleAndKeywords for a dict alone: each field is known by its name on both sides. */
static bool read_fields(PyObject *fields, const char *format, char **names, ...) {
    if (!PyDict_Check(fields)) {
        PyErr_Format(PyExc_TypeError, "what was agreed must be told as a dict, not %s",
                     Py_TYPE(fields)->tp_name);
        return false;
    }
    PyObject *nothing = PyTuple_New(0);
    va_list targets;
    va_start(targets, names);
    bool read = nothing && PyArg_VaParseTupleAndKeywords(nothing, fields, format, names, targets);
    va_end(targets);
    Py_XDECREF(nothing);
    return read;
}

static bool read_codecs(PyObject *list, struct codecs *codecs) {
    Py_ssize_t count = PyList_Check(list) ? PyList_GET_SIZE(list) : -1;
    if (count < 0 || count > MAX_CODECS) {
        PyErr_Format(PyExc_ValueError, "codecs must be a list of at most %d", MAX_CODECS);
        return false;
    }
    codecs->count = (unsigned)count;
    static char *names[] = {"payload_type", "rtx_payload_type", "coding",
                            "clock_rate",   "format",           NULL};
    for (Py_ssize_t i = 0; i < count; i++) {
        struct codec *codec = &codecs->list[i];
        const char *format;
        int payload_type, rtx, coding;
        if (!read_fields(PyList_GET_ITEM(list, i), "$iiiIs:codec", names, &payload_type, &rtx,
                         &coding, &codec->clock_rate, &format))
            return false;
        codec->payload_type = (uint8_t)payload_type;
        codec->rtx_payload_type = rtx < 0 ? NO_RTX : (uint8_t)rtx;
        codec->coding = (enum coding)coding;
        if (!copy_text(codec->format, sizeof codec->format, format, "codec format")) return false;
    }
    return true;
}

static struct uplink *kept_uplink(const struct peer *peer, const char *mid, const char *rid) {
    for (unsigned i = 0; i < peer->uplink_count; i++)
        if (!strcmp(peer->uplinks[i]->mid, mid) && !strcmp(peer->uplinks[i]->rid, rid))
            return peer->uplinks[i];
    PyErr_Format(PyExc_ValueError, "no uplink %s to keep", mid);
    return NULL;
}

static struct uplink *new_uplink(const char *mid, const char *rid, unsigned token, int video,
                                 PyObject *codecs, long long ssrc, long long rtx_ssrc) {
    struct uplink *uplink = calloc(1, sizeof *uplink);
    if (!uplink) return (void *)PyErr_NoMemory();
    uplink->token = token;
    uplink->video = video;
    uplink->has_ssrc = ssrc >= 0;
    uplink->ssrc = (uint32_t)ssrc;
    uplink->has_rtx_ssrc = rtx_ssrc >= 0;
    uplink->rtx_ssrc = (uint32_t)rtx_ssrc;
    if (copy_text(uplink->mid, sizeof uplink->mid, mid, "MID") &&
        copy_text(uplink->rid, sizeof uplink->rid, rid, "rid") &&
        read_codecs(codecs, &uplink->codecs)) {
        uplink_open(uplink);
        return uplink;
    }
    free(uplink);
    return NULL;
}

static struct uplink *read_uplink(const struct peer *peer, PyObject *fields, bool *is_new) {
    static char *names[] = {"mid",    "rid",  "kept",     "token", "video",
                            "codecs", "ssrc", "rtx_ssrc", NULL};
    const char *mid, *rid;
    unsigned token;
    int kept, video;
    PyObject *codecs;
    long long ssrc, rtx_ssrc;
    if (!read_fields(fields, "$sspIpO!LL:uplink", names, &mid, &rid, &kept, &token, &video,
                     &PyList_Type, &codecs, &ssrc, &rtx_ssrc))
        return NULL;
    *is_new = !kept;
    return kept ? kept_uplink(peer, mid, rid)
                : new_uplink(mid, rid, token, video, codecs, ssrc, rtx_ssrc);
}

static bool read_slot(PyObject *fields, struct slot *slot, uint16_t *first_sequence,
                      uint32_t *first_timestamp) {
    static char *names[] = {"mid",    "video",        "codecs", "ssrc",           "rtx_ssrc",
                            "mid_id", "send_time_id", "stream", "first_sequence", "first_timestamp",
                            NULL};
    const char *mid, *name;
    int mid_id, send_time_id;
    unsigned sequence;
    int video;
    PyObject *codecs;
    if (!read_fields(fields, "$spO!IIiisII:slot", names, &mid, &video, &PyList_Type, &codecs,
                     &slot->ssrc, &slot->rtx_ssrc, &mid_id, &send_time_id, &name, &sequence,
                     first_timestamp))
        return false;
    slot->video = video;
    slot->mid_id = (uint8_t)mid_id;
    slot->send_time_id = (uint8_t)send_time_id;
    *first_sequence = (uint16_t)sequence;
    return copy_text(slot->mid, sizeof slot->mid, mid, "MID") &&
           copy_text(slot->name, sizeof slot->name, name, "stream name") &&
           read_codecs(codecs, &slot->codecs);
}

static void *too_many_slots(void) {
    return PyErr_Format(PyExc_ValueError, "at most %d slots a peer, %d in all its time", MAX_SLOTS,
                        MAX_NUMBERED);
}

/* The SSRC's own downlink, also if its m-line was away; `is_new` if it never had one. `numbered` is
 * how many there are by now. */
static struct downlink *find_downlink(struct peer *peer, PyObject *fields, struct slot *slot,
                                      unsigned numbered, bool *is_new) {
    uint16_t first_sequence;
    uint32_t first_timestamp;
    if (!read_slot(fields, slot, &first_sequence, &first_timestamp)) return NULL;
    struct downlink *known = peer_numbered(peer, slot->ssrc);
    *is_new = !known;
    if (known) return known;
    if (numbered == MAX_NUMBERED) return too_many_slots();
    struct downlink *downlink = calloc(1, sizeof *downlink);
    if (!downlink) return (void *)PyErr_NoMemory();
    downlink_open(downlink, first_sequence, first_timestamp);
    return downlink;
}

/* What was read so far; new tracks are freed again if the rest cannot be read. */
struct draft {
    struct tracks tracks;
    struct slot slots[MAX_SLOTS];
    bool new_uplinks[MAX_UPLINKS], new_downlinks[MAX_SLOTS];
    unsigned new_downlink_count;
};

static void discard(struct draft *draft) {
    for (unsigned i = 0; i < draft->tracks.uplink_count; i++)
        if (draft->new_uplinks[i]) {
            uplink_close(draft->tracks.uplinks[i]);
            free(draft->tracks.uplinks[i]);
        }
    for (unsigned i = 0; i < draft->tracks.downlink_count; i++)
        if (draft->new_downlinks[i]) free(draft->tracks.downlinks[i]);
}

static bool read_uplinks(struct peer *peer, PyObject *list, struct draft *draft) {
    struct tracks *tracks = &draft->tracks;
    if (PyList_GET_SIZE(list) > MAX_UPLINKS) {
        PyErr_Format(PyExc_ValueError, "at most %d uplinks a peer", MAX_UPLINKS);
        return false;
    }
    for (; tracks->uplink_count < (unsigned)PyList_GET_SIZE(list); tracks->uplink_count++) {
        unsigned i = tracks->uplink_count;
        tracks->uplinks[i] = read_uplink(peer, PyList_GET_ITEM(list, i), &draft->new_uplinks[i]);
        if (!tracks->uplinks[i]) return false;
    }
    return true;
}

static bool read_downlinks(struct peer *peer, PyObject *list, struct draft *draft) {
    struct tracks *tracks = &draft->tracks;
    for (; tracks->downlink_count < (unsigned)PyList_GET_SIZE(list); tracks->downlink_count++) {
        unsigned i = tracks->downlink_count;
        if (i == MAX_SLOTS) return too_many_slots();
        tracks->downlinks[i] = find_downlink(peer, PyList_GET_ITEM(list, i), &draft->slots[i],
                                             peer->numbered_count + draft->new_downlink_count,
                                             &draft->new_downlinks[i]);
        if (!tracks->downlinks[i]) return false;
        draft->new_downlink_count += draft->new_downlinks[i];
    }
    return true;
}

static bool report_arrivals(struct peer *peer, int transport_sequence_id) {
    if (!transport_sequence_id || peer->arrivals) return true;
    peer->arrivals = calloc(1, sizeof *peer->arrivals);
    if (!peer->arrivals) PyErr_NoMemory();
    return peer->arrivals != NULL;
}

static void take_over(struct relay *relay, struct peer *peer, const struct draft *draft) {
    for (unsigned i = 0; i < draft->tracks.downlink_count; i++) {
        struct downlink *downlink = draft->tracks.downlinks[i];
        if (draft->new_downlinks[i]) peer_number(peer, downlink);
        downlink_renegotiate(downlink, &draft->slots[i]);
    }
    relay_negotiate(relay, peer, &draft->tracks);
}

bool python_negotiate(struct relay *relay, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"peer",   "uplinks",         "slots", "mid_id", "transport_sequence_id",
                            "rid_id", "repaired_rid_id", NULL};
    unsigned key;
    int mid_id, transport_sequence_id, rid_id, repaired_rid_id;
    PyObject *uplinks, *slots;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "I$O!O!iiii:negotiate", names, &key,
                                     &PyList_Type, &uplinks, &PyList_Type, &slots, &mid_id,
                                     &transport_sequence_id, &rid_id, &repaired_rid_id))
        return false;
    struct peer *peer = relay_peer(relay, key);
    if (!peer) return true;
    struct draft draft = {0};
    if (!read_uplinks(peer, uplinks, &draft) || !read_downlinks(peer, slots, &draft) ||
        !report_arrivals(peer, transport_sequence_id)) {
        discard(&draft);
        return false;
    }
    peer->mid_id = (uint8_t)mid_id;
    peer->transport_sequence_id = (uint8_t)transport_sequence_id;
    peer->rid_id = (uint8_t)rid_id;
    peer->repaired_rid_id = (uint8_t)repaired_rid_id;
    take_over(relay, peer, &draft);
    return true;
}
