package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static io.netty.handler.codec.http.HttpResponseStatus.UNAUTHORIZED;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.List;
import org.decoymx.net.Keys;
import org.decoymx.net.Networks;
import org.decoymx.support.Token;
import org.eclipse.microprofile.config.ConfigProvider;

/** Who may read the feeds: everybody, whoever shows a token, or whoever comes from a network that was named. */
@Singleton
final class Gate {
    private static final int MAX_TOKENS = 100;
    private static final int MAX_NETWORKS = 1_000;
    private static final String TOKENS = "decoy.feed.tokens";
    private static final String NETWORKS = "decoy.feed.networks";

    private final FeedConfig.Access access;
    private final List<Token> tokens;
    private final Networks networks;

    Gate(FeedConfig config) {
        access = config.access();
        List<String> secrets = config.tokens().orElse(List.of());
        List<String> cidrs = config.networks().orElse(List.of());
        bound(TOKENS, secrets, MAX_TOKENS, access == FeedConfig.Access.TOKEN);
        bound(NETWORKS, cidrs, MAX_NETWORKS, access == FeedConfig.Access.NETWORK);
        refuseBackslash();
        tokens = Keys.checked(TOKENS, () -> secrets.stream().map(Token::new).toList());
        networks = Keys.checked(NETWORKS, () -> new Networks(cidrs));
    }

    /** In a list it would be gone before anybody sees it, and the token another one. */
    private static void refuseBackslash() {
        String written = ConfigProvider.getConfig().getConfigValue(TOKENS).getRawValue();
        if (written != null && written.contains("\\")) {
            throw new ConfigurationException(TOKENS + ": there is a backslash; tokens have none, and no comma");
        }
    }

    private static void bound(String key, List<String> values, int most, boolean needed) {
        if (values.size() > most || needed && values.isEmpty()) {
            throw new ConfigurationException(key + ": there are " + values.size()
                    + "; with this decoy.feed.access 1 to " + most + " are allowed");
        }
    }

    /**
     * Lets a reader pass.
     *
     * @throws Refusal when it may not read
     */
    void check(HttpServerRequest request) {
        switch (access) {
            case OPEN -> {}
            case TOKEN -> checkToken(request);
            case NETWORK -> checkNetwork(request);
        }
    }

    private void checkToken(HttpServerRequest request) {
        String shown = request.getHeader(HttpHeaderNames.AUTHORIZATION);
        if (tokens.stream().noneMatch(token -> token.isShown(shown))) {
            throw new Refusal(
                            UNAUTHORIZED,
                            "Show one of decoy.feed.tokens: Authorization: Bearer <token>, or curl -u feed:<token>")
                    .with("WWW-Authenticate", "Basic realm=\"decoymx\", Bearer realm=\"decoymx\"");
        }
    }

    private void checkNetwork(HttpServerRequest request) {
        String host = request.remoteAddress().hostAddress();
        InetAddress address = host == null ? null : NetUtil.createInetAddressFromIpAddressString(host);
        if (address == null || !networks.contains(address)) {
            throw new Refusal(FORBIDDEN, "Your address is in none of decoy.feed.networks");
        }
    }
}
