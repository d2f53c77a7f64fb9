package org.decoymx.smtp.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.decoymx.net.IpText;
import org.jspecify.annotations.Nullable;

/** Parses one PROXY protocol header, version 1 or 2, at the start of a connection. */
final class ProxyHeaderParser {
    /** The maximum octets of TLVs. With 232 octets before them, no header is longer than 4,328. */
    private static final int MAX_TLVS = 4_096;

    /** The result of parsing the octets that have arrived. */
    sealed interface HeaderResult {
        /** The header is not complete. */
        record IncompleteHeader() implements HeaderResult {}

        /** The input is not a valid header. */
        record InvalidHeader() implements HeaderResult {}

        /**
         * A complete header.
         *
         * @param clientAddress the client's address; null for {@code PROXY UNKNOWN} and LOCAL, which have none
         * @param remainingInput the input after the header
         */
        record CompleteHeader(@Nullable InetAddress clientAddress, Buffer remainingInput) implements HeaderResult {}
    }

    private final EmbeddedChannel channel = new EmbeddedChannel(new HAProxyMessageDecoder(MAX_TLVS));

    HeaderResult feed(byte[] octets) {
        try {
            channel.writeInbound(Unpooled.wrappedBuffer(octets));
        } catch (DecoderException e) {
            return new HeaderResult.InvalidHeader();
        }
        HAProxyMessage message = channel.readInbound();
        if (message == null) {
            return new HeaderResult.IncompleteHeader();
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

    /** Releases the buffers of an incomplete header. */
    void close() {
        try {
            channel.finishAndReleaseAll();
        } catch (DecoderException e) {
            // expected for an invalid or incomplete header; the buffers are released nevertheless
        }
    }

    private static @Nullable InetAddress sourceAddress(HAProxyMessage message) throws UnknownHostException {
        String source = message.sourceAddress();
        if (source == null
                || message.command() == HAProxyCommand.LOCAL
                || message.proxiedProtocol().addressFamily() == AddressFamily.AF_UNIX) {
            return null;
        }
        return IpText.parseAddress(source)
                .orElseThrow(UnknownHostException::new)
                .toInetAddress();
    }

    private Buffer remainingInput() {
        ByteBuf buffer = channel.readInbound();
        if (buffer == null) {
            return Buffer.buffer();
        }
        try {
            return Buffer.buffer(ByteBufUtil.getBytes(buffer));
        } finally {
            buffer.release();
        }
    }
}
