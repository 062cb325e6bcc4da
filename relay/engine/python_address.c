#include "python_address.h"

#include <arpa/inet.h>
#include <string.h>

bool python_read_address(PyObject *tuple, struct sockaddr_storage *address, socklen_t *size) {
    const char *host;
    int port;
    unsigned flow = 0, scope = 0;
    if (!PyArg_ParseTuple(tuple, "si|II", &host, &port, &flow, &scope)) return false;
    struct sockaddr_in *v4 = (void *)address;
    struct sockaddr_in6 *v6 = (void *)address;
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        *size = sizeof *v4;
        return true;
    }
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        v6->sin6_flowinfo = htonl(flow);
        v6->sin6_scope_id = scope;
        *size = sizeof *v6;
        return true;
    }
    PyErr_Format(PyExc_ValueError, "%s is no IP address", host);
    return false;
}

PyObject *python_address(const struct sockaddr_storage *address) {
    char host[INET6_ADDRSTRLEN];
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;
    if (address->ss_family == AF_INET) {
        inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
        return Py_BuildValue("(si)", host, ntohs(v4->sin_port));
    }
    inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
    return Py_BuildValue("(siII)", host, ntohs(v6->sin6_port), ntohl(v6->sin6_flowinfo),
                         v6->sin6_scope_id);
}

bool python_read_local(const char *host, struct local_address *local) {
    *local = (struct local_address){0};
    if (!host) return true;
    if (inet_pton(AF_INET, host, local->octets) == 1) local->size = sizeof(struct in_addr);
    if (!local->size && inet_pton(AF_INET6, host, local->octets) == 1)
        local->size = sizeof(struct in6_addr);
    if (!local->size) PyErr_Format(PyExc_ValueError, "%s is no IP address", host);
    return local->size;
}

PyObject *python_local(const struct local_address *local) {
    char host[INET6_ADDRSTRLEN];
    int family = local->size == sizeof(struct in_addr) ? AF_INET : AF_INET6;
    if (!local->size) Py_RETURN_NONE;
    inet_ntop(family, local->octets, host, sizeof host);
    return PyUnicode_FromString(host);
}
