package org.decoymx.smtp.server;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Objects;

/** Parses addresses in tests. */
final class Ip {
    private Ip() {}

    static InetAddress of(String address) {
        return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address), address);
    }
}
