/* Python's tuples to tracks. */
#include <stdlib.h>
#include <string.h>

#include "python.h"

static bool copy_text(char *to, size_t size, const char *from, const char *what) {
    size_t length = strlen(from);
    if (length >= size) {
        PyErr_Format(PyExc_ValueError, "%s of %zu octets is too long", what, length);
        return false;
    }
    memcpy(to, from, length + 1);
    return true;
}

static bool read_codecs(PyObject *list, struct codecs *codecs) {
    Py_ssize_t count = PyList_Check(list) ? PyList_GET_SIZE(list) : -1;
    if (count < 0 || count > MAX_CODECS) {
        PyErr_Format(PyExc_ValueError, "codecs must be a list of at most %d", MAX_CODECS);
        return false;
    }
    codecs->count = (unsigned)count;
    for (Py_ssize_t i = 0; i < count; i++) {
        struct codec *codec = &codecs->list[i];
        const char *format;
        int payload_type, rtx, coding;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(list, i), "iiiIs", &payload_type, &rtx, &coding, &codec->clock_rate, &format)) return false;
        codec->payload_type = (uint8_t)payload_type;
        codec->rtx_payload_type = rtx < 0 ? NO_RTX : (uint8_t)rtx;
        codec->coding = (enum coding)coding;
        if (!copy_text(codec->format, sizeof codec->format, format, "codec format")) return false;
    }
    return true;
}

static struct uplink *kept_uplink(const struct peer *peer, const char *mid) {
    for (unsigned i = 0; i < peer->uplink_count; i++)
        if (!strcmp(peer->uplinks[i]->mid, mid)) return peer->uplinks[i];
    PyErr_Format(PyExc_ValueError, "no uplink %s to keep", mid);
    return NULL;
}

static struct uplink *new_uplink(const char *mid, unsigned token, int video, PyObject *codecs, long long ssrc, long long rtx_ssrc) {
    struct uplink *uplink = calloc(1, sizeof *uplink);
    if (!uplink) return (void *)PyErr_NoMemory();
    uplink->token = token;
    uplink->video = video;
    uplink->has_ssrc = ssrc >= 0;
    uplink->ssrc = (uint32_t)ssrc;
    uplink->has_rtx_ssrc = rtx_ssrc >= 0;
    uplink->rtx_ssrc = (uint32_t)rtx_ssrc;
    if (copy_text(uplink->mid, sizeof uplink->mid, mid, "MID") && read_codecs(codecs, &uplink->codecs)) {
        if (uplink_open(uplink)) return uplink;
        PyErr_NoMemory();
    }
    uplink_close(uplink);
    free(uplink);
    return NULL;
}

static struct uplink *read_uplink(const struct peer *peer, PyObject *tuple, bool *is_new) {
    const char *mid;
    unsigned token;
    int kept, video;
    PyObject *codecs;
    long long ssrc, rtx_ssrc;
    if (!PyArg_ParseTuple(tuple, "spIpO!LL", &mid, &kept, &token, &video, &PyList_Type, &codecs, &ssrc, &rtx_ssrc)) return NULL;
    *is_new = !kept;
    return kept ? kept_uplink(peer, mid) : new_uplink(mid, token, video, codecs, ssrc, rtx_ssrc);
}

static struct downlink *kept_downlink(const struct peer *peer, const char *mid) {
    for (unsigned i = 0; i < peer->downlink_count; i++)
        if (!strcmp(peer->downlinks[i]->mid, mid)) return peer->downlinks[i];
    PyErr_Format(PyExc_ValueError, "no slot %s to keep", mid);
    return NULL;
}

static struct downlink *read_downlink(struct peer *peer, PyObject *tuple, bool *is_new) {
    const char *mid, *name;
    int kept, video, mid_id, send_time_id;
    unsigned ssrc, rtx_ssrc, first_sequence, first_timestamp;
    PyObject *codecs;
    if (!PyArg_ParseTuple(tuple, "sppO!IIiisII", &mid, &kept, &video, &PyList_Type, &codecs, &ssrc, &rtx_ssrc, &mid_id, &send_time_id,
                          &name, &first_sequence, &first_timestamp))
        return NULL;
    *is_new = !kept;
    if (kept) return kept_downlink(peer, mid);
    struct downlink *slot = calloc(1, sizeof *slot);
    if (!slot) return (void *)PyErr_NoMemory();
    slot->peer = peer;
    slot->video = video;
    slot->ssrc = ssrc;
    slot->rtx_ssrc = rtx_ssrc;
    slot->send_time_id = (uint8_t)send_time_id;
    if (copy_text(slot->mid, sizeof slot->mid, mid, "MID") && copy_text(slot->name, sizeof slot->name, name, "stream name") &&
        read_codecs(codecs, &slot->codecs)) {
        downlink_open(slot, (uint8_t)mid_id, (uint16_t)first_sequence, first_timestamp);
        return slot;
    }
    free(slot);
    return NULL;
}

/* What was read so far; new tracks are freed again if the rest cannot be read. */
struct tracks {
    struct uplink *uplinks[MAX_UPLINKS];
    struct downlink *downlinks[MAX_SLOTS];
    bool new_uplinks[MAX_UPLINKS], new_downlinks[MAX_SLOTS];
    unsigned uplink_count, downlink_count;
};

static void discard(struct tracks *tracks) {
    for (unsigned i = 0; i < tracks->uplink_count; i++)
        if (tracks->new_uplinks[i]) {
            uplink_close(tracks->uplinks[i]);
            free(tracks->uplinks[i]);
        }
    for (unsigned i = 0; i < tracks->downlink_count; i++)
        if (tracks->new_downlinks[i]) free(tracks->downlinks[i]);
}

static bool read_tracks(struct peer *peer, PyObject *uplinks, PyObject *slots, struct tracks *tracks) {
    if (PyList_GET_SIZE(uplinks) > MAX_UPLINKS || PyList_GET_SIZE(slots) > MAX_SLOTS) {
        PyErr_Format(PyExc_ValueError, "at most %d uplinks and %d slots a peer", MAX_UPLINKS, MAX_SLOTS);
        return false;
    }
    for (; tracks->uplink_count < (unsigned)PyList_GET_SIZE(uplinks); tracks->uplink_count++) {
        unsigned i = tracks->uplink_count;
        tracks->uplinks[i] = read_uplink(peer, PyList_GET_ITEM(uplinks, i), &tracks->new_uplinks[i]);
        if (!tracks->uplinks[i]) return false;
    }
    for (; tracks->downlink_count < (unsigned)PyList_GET_SIZE(slots); tracks->downlink_count++) {
        unsigned i = tracks->downlink_count;
        tracks->downlinks[i] = read_downlink(peer, PyList_GET_ITEM(slots, i), &tracks->new_downlinks[i]);
        if (!tracks->downlinks[i]) return false;
    }
    return true;
}

bool python_negotiate(struct relay *relay, struct peer *peer, PyObject *arguments) {
    unsigned key;
    int mid_id, transport_sequence_id;
    PyObject *uplinks, *slots;
    if (!PyArg_ParseTuple(arguments, "IO!O!ii", &key, &PyList_Type, &uplinks, &PyList_Type, &slots, &mid_id, &transport_sequence_id)) return false;
    struct tracks tracks = {0};
    if (!read_tracks(peer, uplinks, slots, &tracks)) {
        discard(&tracks);
        return false;
    }
    if (transport_sequence_id && !peer->arrivals && !(peer->arrivals = calloc(1, sizeof *peer->arrivals))) {
        discard(&tracks);
        PyErr_NoMemory();
        return false;
    }
    peer->mid_id = (uint8_t)mid_id;
    peer->transport_sequence_id = (uint8_t)transport_sequence_id;
    relay_negotiate(relay, peer, tracks.uplinks, tracks.uplink_count, tracks.downlinks, tracks.downlink_count);
    return true;
}
