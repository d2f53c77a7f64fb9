package org.decoymx.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Optional;

/**
 * Where a request ends and whom it is for, must be clear to everybody on the way (RFC 9112 sections 3.2, 6.1 and 11.2).
 * Otherwise a proxy in front of the decoy and the decoy could see different requests.
 */
final class RequestFraming {
    private RequestFraming() {}

    /** The response to a request that is not valid, as octets; it ends the connection. Removes an Upgrade field. */
    static Optional<ByteBuf> findProblem(HttpRequest request) {
        Throwable failure = request.decoderResult().cause();
        if (failure instanceof TooLongHttpLineException) {
            return Optional.of(toResponse(HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request line is too long"));
        }
        if (failure instanceof TooLongHttpHeaderException) {
            return Optional.of(
                    toResponse(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The header fields are too large"));
        }
        if (failure != null) {
            return Optional.of(toResponse(HttpResponseStatus.BAD_REQUEST, "The request is not valid HTTP"));
        }
        return findDetail(request).map(detail -> toResponse(HttpResponseStatus.BAD_REQUEST, detail));
    }

    private static Optional<String> findDetail(HttpRequest request) {
        if (hasInvalidEscape(request.uri())) {
            return Optional.of("A percent sign in the path or query must stand before two hexadecimal digits");
        }
        boolean isHttp11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (!isHttp11 && !request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            return Optional.of("Only HTTP/1.1 and HTTP/1.0 are supported");
        }
        HttpHeaders headers = request.headers();
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || isHttp11 && hosts == 0) {
            return Optional.of("The request must have one Host field");
        }
        headers.remove(HttpHeaderNames.UPGRADE); // no other protocol is supported (RFC 9110 section 7.8)
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return Optional.empty();
        }
        if (!isHttp11 || headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return Optional.of("Transfer-Encoding is for HTTP/1.1 and without Content-Length");
        }
        return codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0))
                ? Optional.empty()
                : Optional.of("The only Transfer-Encoding is chunked");
    }

    /** Whether there is an invalid percent-encoding (RFC 3986 section 2.1); Vert.x logs a stack trace for each. */
    private static boolean hasInvalidEscape(String uri) {
        for (int at = uri.indexOf('%'); at >= 0; at = uri.indexOf('%', at + 1)) {
            if (at + 2 >= uri.length()
                    || Character.digit(uri.charAt(at + 1), 16) < 0
                    || Character.digit(uri.charAt(at + 2), 16) < 0) {
                return true;
            }
        }
        return false;
    }

    /** A problem document (RFC 9457). */
    private static ByteBuf toResponse(HttpResponseStatus status, String detail) {
        String body = "{\"title\":\"" + status.reasonPhrase() + "\",\"status\":" + status.code() + ",\"detail\":\""
                + detail + "\"}";
        String response = "HTTP/1.1 " + status + "\r\nContent-Type: application/problem+json\r\nContent-Length: "
                + body.length() + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n" + body;
        return Unpooled.copiedBuffer(response, US_ASCII);
    }
}
