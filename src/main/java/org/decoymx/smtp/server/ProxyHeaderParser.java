package org.decoymx.smtp.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.NetUtil;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Reads one PROXY protocol header, version 1 or 2, from the beginning of a connection. */
final class ProxyHeaderParser {
    /** The longest header that is read, in octets: v1 has at most 107, v2 with its TLVs is cut here. */
    private static final int MAX_HEADER = 4_096;

    /** What a header says. */
    sealed interface HeaderResult {
        /** The header has not arrived in full. */
        record IncompleteHeader() implements HeaderResult {}

        /** No header, or a broken one. */
        record InvalidHeader() implements HeaderResult {}

        /**
         * A whole header.
         *
         * @param clientAddress the address it names, null for {@code PROXY UNKNOWN} and LOCAL, which name none
         * @param remainingInput what came behind the header
         */
        record CompleteHeader(@Nullable InetAddress clientAddress, Buffer remainingInput) implements HeaderResult {}
    }

    private final EmbeddedChannel channel = new EmbeddedChannel(new HAProxyMessageDecoder(MAX_HEADER));
    private int receivedOctets;

    HeaderResult feed(byte[] octets) {
        receivedOctets += octets.length;
        try {
            channel.writeInbound(Unpooled.wrappedBuffer(octets));
        } catch (DecoderException e) {
            return new HeaderResult.InvalidHeader();
        }
        HAProxyMessage message = channel.readInbound();
        if (message == null) {
            return receivedOctets > MAX_HEADER ? new HeaderResult.InvalidHeader() : new HeaderResult.IncompleteHeader();
        }
        try {
            return new HeaderResult.CompleteHeader(sourceAddress(message), remainingInput());
        } catch (UnknownHostException e) {
            return new HeaderResult.InvalidHeader();
        } finally {
            message.release();
            close();
        }
    }

    /** Lets go of what has come of a header that will not be whole. */
    void close() {
        try {
            channel.finishAndReleaseAll();
        } catch (DecoderException e) {
            // broken, as was known or as it is when it ends in the middle; released all the same
        }
    }

    private static @Nullable InetAddress sourceAddress(HAProxyMessage message) throws UnknownHostException {
        String source = message.sourceAddress();
        byte[] address = source == null || message.command() == HAProxyCommand.LOCAL
                ? null
                : NetUtil.createByteArrayFromIpAddressString(source);
        return address == null ? null : InetAddress.getByAddress(address);
    }

    private Buffer remainingInput() {
        ByteBuf rest = channel.readInbound();
        if (rest == null) {
            return Buffer.buffer();
        }
        try {
            return Buffer.buffer(ByteBufUtil.getBytes(rest));
        } finally {
            rest.release();
        }
    }
}
