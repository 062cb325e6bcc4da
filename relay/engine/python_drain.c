#include "python_drain.h"

#include "python_address.h"

static bool append(PyObject *list, PyObject *item) {
    bool appended = item && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return appended;
}

/* --- STUN and DTLS --- */

static PyObject *control_item(const struct control_record *record) {
    return Py_BuildValue("(INNy#)", record->peer, python_address(&record->address), python_local(&record->local),
                         record->data, (Py_ssize_t)record->length);
}

PyObject *python_datagrams(struct port *port, long most) {
    PyObject *list = PyList_New(0);
    size_t size;
    for (const void *record; list && most-- > 0 && (record = ring_peek(&port->control, &size));
         ring_release(&port->control))
        if (!append(list, control_item(record))) Py_CLEAR(list);
    return list;
}

/* --- the recorder's packets --- */

/* A run is packets of one SSRC that follow each other without a gap, with nothing else of their uplink in between; to
 * Python it is one item, whose list is `packets`. */
struct run {
    uint32_t peer, uplink, ssrc;
    int64_t next;
    uint8_t payload_type;
    PyObject *packets;
};
enum { RUNS = 1024 }; /* the newest of each uplink, by its key; where two share a place, runs are cut shorter */

static bool follows(const struct run *run, const struct tap_record *record, const struct packet *packet) {
    return record->kind == TAP_RTP && run->packets && run->peer == record->peer && run->uplink == record->uplink &&
           run->ssrc == packet->ssrc && run->payload_type == record->payload_type && run->next == record->number;
}

static PyObject *tap_item(const struct tap_record *record, const struct packet *packet, PyObject *packets) {
    return Py_BuildValue("(iIIiILOdKI)", record->kind, record->peer, record->uplink, record->payload_type,
                         packet->ssrc, (long long)record->number, packets, record->at,
                         (unsigned long long)record->ntp, record->rtp);
}

static bool begin(struct run *run, const struct tap_record *record, const struct packet *packet, PyObject *items) {
    PyObject *packets = PyList_New(0);
    bool begun = packets && append(items, tap_item(record, packet, packets));
    *run = (struct run){record->peer,   record->uplink,       packet->ssrc,
                        record->number, record->payload_type, begun ? packets : NULL};
    Py_XDECREF(packets); /* the item holds it */
    return begun;
}

static PyObject *packet_tuple(const struct packet *packet, double arrival) {
    return Py_BuildValue("(INy#d)", packet->timestamp, PyBool_FromLong(packet->marker),
                         packet->data + packet->payload_at, (Py_ssize_t)packet_payload_length(packet), arrival);
}

static bool take(struct run *run, const struct tap_record *record, PyObject *items) {
    struct packet packet = {0};
    if (record->kind == TAP_RTP && !packet_parse(&packet, (uint8_t *)record->data, record->length))
        return true; /* cannot be: the engine has read it before */
    if (!follows(run, record, &packet) && !begin(run, record, &packet, items)) return false;
    if (record->kind != TAP_RTP) {
        run->packets = NULL;
        return true;
    }
    run->next++;
    return append(run->packets, packet_tuple(&packet, record->at));
}

PyObject *python_taps(struct port *port) {
    struct ring *ring = &port->relay->taps.ring;
    struct run runs[RUNS] = {0};
    PyObject *items = PyList_New(0);
    size_t size;
    for (const struct tap_record *record; items && (record = ring_peek(ring, &size)); ring_release(ring))
        if (!take(&runs[record->uplink % RUNS], record, items)) Py_CLEAR(items);
    return items;
}
