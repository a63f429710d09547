/* iked wants PF_KEY and IPsec policies of sockets, which kernels may lack. Preloaded, this gives it a
 * PF_KEY socket whose other end says yes to everything, so that it answers IKE all the same. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>

enum { PF_KEY_DOMAIN = 15, MESSAGE_HEADER = 16, IP_POLICY = 16, IPV6_POLICY = 34, PATIENCE = 10000 };

static void *agree(void *argument)
{
    int end = (int)(intptr_t)argument;
    uint8_t message[8192];
    for (;;) {
        ssize_t length = recv(end, message, sizeof message, 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < MESSAGE_HEADER)
            return 0;
        message[2] = 0; /* no error */
        message[4] = MESSAGE_HEADER / 8;
        message[5] = 0;
        send(end, message, MESSAGE_HEADER, 0);
    }
}

int socket(int domain, int type, int protocol)
{
    int (*real)(int, int, int) = dlsym(RTLD_NEXT, "socket");
    int ends[2];
    pthread_t thread;
    sigset_t all, before;
    if (domain != PF_KEY_DOMAIN)
        return real(domain, type, protocol);
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends))
        return -1;
    /* A signal that this thread took would end its answers, and not reach iked. */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_create(&thread, 0, agree, (void *)(intptr_t)ends[1]);
    pthread_sigmask(SIG_SETMASK, &before, 0);
    return ends[0];
}

/* iked gives the kernel a moment for its answer; the thread that answers here may need longer. */
int poll(struct pollfd *files, nfds_t count, int timeout)
{
    int (*real)(struct pollfd *, nfds_t, int) = dlsym(RTLD_NEXT, "poll");
    return real(files, count, count == 1 && timeout > 0 && timeout < PATIENCE ? PATIENCE : timeout);
}

int setsockopt(int socket, int level, int option, const void *value, socklen_t length)
{
    int (*real)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, "setsockopt");
    if ((level == 0 && option == IP_POLICY) || (level == 41 && option == IPV6_POLICY))
        return 0;
    return real(socket, level, option, value, length);
}
