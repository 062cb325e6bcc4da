/* Addresses between Python, (host, port), and the socket. */
#include <arpa/inet.h>
#include <string.h>

#include "python.h"

bool python_read_address(const char *host, int number, struct sockaddr_storage *address, socklen_t *size) {
    memset(address, 0, sizeof *address);
    struct sockaddr_in *v4 = (void *)address;
    struct sockaddr_in6 *v6 = (void *)address;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)number);
        *size = sizeof *v4;
        return true;
    }
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)number);
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
    bool is_v4 = address->ss_family == AF_INET;
    inet_ntop(address->ss_family, is_v4 ? (const void *)&v4->sin_addr : (const void *)&v6->sin6_addr, host, sizeof host);
    return Py_BuildValue("(si)", host, ntohs(v4->sin_port)); /* at the same place in both */
}
