package org.decoymx.net;

import io.vertx.core.buffer.Buffer;

/** The protocol on one {@link TcpConnection}. All methods are called on the connection's event loop. */
public interface ConnectionHandler {

    /** The connection is admitted. */
    void start();

    /** A connection limit is reached; the handler must close the connection. */
    void reject();

    /** Octets have arrived. */
    void receive(Buffer octets);

    /** The write queue, which was full, has room again. */
    void onWritable();

    /** The client has closed its sending side; called only if half-closed connections are allowed. */
    default void onInputClosed() {}

    /**
     * Closes the connection if a timeout has passed; called about once a second.
     *
     * @param now the time, in milliseconds since 1970
     * @param nearLimit whether timeouts should be short, because more than four fifths of the connections are in use
     */
    void checkTimeouts(long now, boolean nearLimit);

    /** The server is closing; the handler must send what it has to send, and close the connection. */
    void shutDown();

    /** The connection is closed; not called if it was not admitted. */
    default void onClosed() {}
}
