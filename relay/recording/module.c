/* The extension module relay.recording._recording. */
#include "opus.h"
#include "picture.h"
#include "python_depacketize.h"
#include "python_frame.h"
#include "python_muxer.h"
#include "python_placement.h"
#include "python_timeline.h"

static PyObject *samples(PyObject *module, PyObject *payload) {
    (void)module;
    if (!PyBytes_Check(payload) || !PyBytes_GET_SIZE(payload))
        return PyErr_Format(PyExc_ValueError, "a packet of sound is bytes, one at least");
    return PyLong_FromUnsignedLong(
        opus_samples((uint8_t *)PyBytes_AS_STRING(payload), (size_t)PyBytes_GET_SIZE(payload)));
}

static PyMethodDef functions[] = {{"opus_samples", samples, METH_O, NULL}, {0}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_recording", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__recording(void) {
    PyTypeObject *types[] = {
        &frame_type,          &video_depacketizer_type, &sound_depacketizer_type, &muxer_type,
        &smallest_delay_type, &sender_clock_type,       &timeline_type,           &placement_type,
    };
    PyObject *module = PyModule_Create(&definition);
    for (size_t i = 0; module && i < sizeof types / sizeof *types; i++)
        if (PyModule_AddType(module, types[i]) < 0) Py_CLEAR(module);
    if (module && (PyModule_AddIntMacro(module, MAX_PICTURE) < 0 ||
                   PyModule_AddIntMacro(module, MAX_PIECES) < 0 ||
                   PyModule_AddIntMacro(module, OPUS_RATE) < 0))
        Py_CLEAR(module);
    return module;
}
