#include "python_drain.h"

#include "python_address.h"
#include "python_record.h"

/* --- the types --- */

enum { CONTROL_PEER, CONTROL_ADDRESS, CONTROL_LOCAL, CONTROL_DATA, CONTROL_FIELDS };
static PyStructSequence_Field control_fields[] = {
    [CONTROL_PEER] = {"peer", "0: the address passed no check"},
    [CONTROL_ADDRESS] = {"address", "where it came from"},
    [CONTROL_LOCAL] = {"local",
                       "which of our addresses it came to; None: the socket is bound to one"},
    [CONTROL_DATA] = {"data", "STUN or DTLS"},
    [CONTROL_FIELDS] = {0},
};
static PyStructSequence_Desc control_type = {"relay.engine._engine.ControlDatagram",
                                             "A datagram that is not media.", control_fields,
                                             CONTROL_FIELDS};

enum {
    KIND,
    PEER,
    TOKEN,
    PAYLOAD_TYPE,
    SSRC,
    SEQUENCE,
    PACKETS,
    ARRIVAL,
    NTP,
    RTP,
    LOST,
    TAP_FIELDS
};
static PyStructSequence_Field tap_fields[] = {
    [KIND] = {"kind", "0 RTP, 1 sender report, 2 source ended, 3 lost"},
    [PEER] = {"peer", NULL},
    [TOKEN] = {"token", "of the source"},
    [PAYLOAD_TYPE] = {"payload_type", "of RTP"},
    [SSRC] = {"ssrc", "of RTP"},
    [SEQUENCE] = {"sequence", "of RTP: extended, of the first packet"},
    [PACKETS] = {"packets", "of RTP: those that follow each other without a gap"},
    [ARRIVAL] = {"arrival", "of the first"},
    [NTP] = {"ntp_time", "of a sender report"},
    [RTP] = {"rtp_timestamp", "of a sender report"},
    [LOST] = {"lost", "how many packets of the source did not fit since its last one"},
    [TAP_FIELDS] = {0},
};
static PyStructSequence_Desc tap_type = {"relay.engine._engine.TapItem", "What a tapped peer sent.",
                                         tap_fields, TAP_FIELDS};

static PyTypeObject *ControlDatagram, *TapItem;

bool python_drain_types(PyObject *module) {
    return (ControlDatagram = python_record_type(module, &control_type)) &&
           (TapItem = python_record_type(module, &tap_type));
}

static bool append(PyObject *list, PyObject *item) {
    bool appended = item && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return appended;
}

/* --- STUN and DTLS --- */

static PyObject *control_item(const struct control_record *record) {
    PyObject *values[CONTROL_FIELDS] = {
        [CONTROL_PEER] = PyLong_FromUnsignedLong(record->peer),
        [CONTROL_ADDRESS] = python_address(&record->address),
        [CONTROL_LOCAL] = python_local(&record->local),
        [CONTROL_DATA] =
            PyBytes_FromStringAndSize((const char *)record->data, (Py_ssize_t)record->length),
    };
    return python_record(ControlDatagram, values, CONTROL_FIELDS);
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

/* A run is packets of one SSRC that follow each other without a gap, with nothing else of their
 * uplink in between; to Python it is one item, whose list is `packets`. */
struct run {
    uint32_t peer, uplink, ssrc;
    int64_t next;
    uint8_t payload_type;
    PyObject *packets;
};
/* The newest of each uplink, by its key; where two share a place, runs are cut shorter. */
enum { RUNS = 1024 };

static bool follows(const struct run *run, const struct tap_record *record,
                    const struct packet *packet) {
    return record->kind == TAP_RTP && run->packets && run->peer == record->peer &&
           run->uplink == record->uplink && run->ssrc == packet->ssrc &&
           run->payload_type == record->payload_type && run->next == record->number;
}

static PyObject *tap_item(const struct tap_record *record, const struct packet *packet,
                          PyObject *packets) {
    uint32_t lost = record->kind == TAP_LOST ? record->rtp : 0;
    PyObject *values[TAP_FIELDS] = {
        [KIND] = PyLong_FromLong(record->kind),
        [PEER] = PyLong_FromUnsignedLong(record->peer),
        [TOKEN] = PyLong_FromUnsignedLong(record->uplink),
        [PAYLOAD_TYPE] = PyLong_FromLong(record->payload_type),
        [SSRC] = PyLong_FromUnsignedLong(packet->ssrc),
        [SEQUENCE] = PyLong_FromLongLong(record->number),
        [PACKETS] = Py_NewRef(packets),
        [ARRIVAL] = PyFloat_FromDouble(record->at),
        [NTP] = PyLong_FromUnsignedLongLong(record->ntp),
        [RTP] = PyLong_FromUnsignedLong(record->rtp),
        [LOST] = PyLong_FromUnsignedLong(lost),
    };
    return python_record(TapItem, values, TAP_FIELDS);
}

static bool begin(struct run *run, const struct tap_record *record, const struct packet *packet,
                  PyObject *items) {
    PyObject *packets = PyList_New(0);
    bool begun = packets && append(items, tap_item(record, packet, packets));
    *run = (struct run){record->peer,   record->uplink,       packet->ssrc,
                        record->number, record->payload_type, begun ? packets : NULL};
    Py_XDECREF(packets); /* the item holds it */
    return begun;
}

static PyObject *packet_tuple(const struct packet *packet, double arrival) {
    return Py_BuildValue("(INy#d)", packet->timestamp, PyBool_FromLong(packet->marker),
                         packet->data + packet->payload_at,
                         (Py_ssize_t)packet_payload_length(packet), arrival);
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
    for (const struct tap_record *record; items && (record = ring_peek(ring, &size));
         ring_release(ring))
        if (!take(&runs[record->uplink % RUNS], record, items)) Py_CLEAR(items);
    return items;
}
