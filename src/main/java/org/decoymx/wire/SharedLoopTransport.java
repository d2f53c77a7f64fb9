package org.decoymx.wire;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.util.IntSupplier;
import io.vertx.core.impl.transports.EpollTransport;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's epoll transport, thriftier with sleep. A conversation is short and goes to and fro, so what it costs is mostly
 * threads that fall asleep and are woken. Here connections are accepted on the loops that serve them, without an acceptor
 * thread in between; and a loop that has nothing to do lets others run for some microseconds, among them a client on the
 * same machine, and looks again before it sleeps. Vert.x finds this class through its service file.
 */
public final class SharedLoopTransport extends EpollTransport {
    private static final int LOOKS_BEFORE_SLEEP = 15;

    private @Nullable EventLoopGroup loops;

    @Override
    public EventLoopGroup eventLoopGroup(int type, int nThreads, ThreadFactory threadFactory, int ioRatio) {
        EventLoopGroup known = loops;
        if (type == ACCEPTOR_EVENT_LOOP_GROUP && known != null) {
            return known;
        }
        EpollEventLoopGroup made =
                new EpollEventLoopGroup(nThreads, threadFactory, () -> SharedLoopTransport::lookThenSleep);
        made.setIoRatio(ioRatio);
        loops = made;
        return made;
    }

    @SuppressWarnings("ThreadPriorityCheck") // right without the scheduler's help too, only dearer
    private static int lookThenSleep(IntSupplier ready, boolean hasTasks) throws Exception {
        int events = ready.get();
        for (int i = 0; events == 0 && !hasTasks && i < LOOKS_BEFORE_SLEEP; i++) {
            Thread.yield();
            events = ready.get();
        }
        return hasTasks || events > 0 ? events : SelectStrategy.SELECT;
    }
}
