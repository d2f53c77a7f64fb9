package org.decoymx.net;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The client of an HTTP request. If Quarkus is to trust X-Forwarded-For, it takes the first address in it, which a
 * client can choose if its proxy appends to the field. Here it is the last one, which the nearest proxy has added.
 */
public final class HttpClientAddress {
    private static final String FORWARDED_FOR = "X-Forwarded-For";

    private static final boolean TRUSTS_PROXIES = ConfigProvider.getConfig()
            .getOptionalValue("quarkus.http.proxy.proxy-address-forwarding", Boolean.class)
            .orElse(false);

    private HttpClientAddress() {}

    /** The address, without a zone; empty if a proxy has named none. */
    public static Optional<IpPrefix> of(HttpServerRequest request) {
        return isForwarded(request) ? lastForwarded(request) : parse(request.remoteAddress());
    }

    /** The same as text, for people; what is no address is not shown. */
    public static String text(HttpServerRequest request) {
        return isForwarded(request)
                ? lastForwarded(request).map(IpPrefix::toString).orElse("unknown")
                : String.valueOf(request.remoteAddress().hostAddress());
    }

    /**
     * Whether the client is in some networks. A client that names the address of its proxy looks as if nothing were
     * forwarded, so the last address in the field must be in them as well.
     */
    public static boolean isIn(HttpServerRequest request, Predicate<IpPrefix> networks) {
        return of(request).filter(networks).isPresent()
                && (!TRUSTS_PROXIES
                        || request.getHeader(FORWARDED_FOR) == null
                        || isForwarded(request)
                        || lastForwarded(request).filter(networks).isPresent());
    }

    private static boolean isForwarded(HttpServerRequest request) {
        return request.getHeader(FORWARDED_FOR) != null
                && !Objects.equals(
                        request.remoteAddress().hostAddress(),
                        request.connection().remoteAddress().hostAddress());
    }

    private static Optional<IpPrefix> parse(SocketAddress address) {
        return Optional.ofNullable(address.hostAddress()).flatMap(HttpClientAddress::parse);
    }

    private static Optional<IpPrefix> parse(String address) {
        return IpText.parseAddress(IpText.removeZone(address));
    }

    private static Optional<IpPrefix> lastForwarded(HttpServerRequest request) {
        List<String> fields = request.headers().getAll(FORWARDED_FOR);
        String field = fields.get(fields.size() - 1);
        return parse(withoutPort(field.substring(field.lastIndexOf(',') + 1).strip()));
    }

    /** {@code 192.0.2.1:80}, {@code [2001:db8::1]:80} and {@code 2001:db8::1}. */
    static String withoutPort(String text) {
        int bracket = text.indexOf(']');
        if (text.startsWith("[") && bracket > 0) {
            return text.substring(1, bracket);
        }
        int colon = text.indexOf(':');
        return colon >= 0 && colon == text.lastIndexOf(':') ? text.substring(0, colon) : text;
    }
}
