package org.decoymx.admin;

import jakarta.inject.Singleton;
import java.util.Optional;
import org.decoymx.exchange.ExchangeService;

/** Reports on the nodes. It waits for nothing. */
@Singleton
public final class NodeReports {
    private final ExchangeService exchange;

    NodeReports(ExchangeService exchange) {
        this.exchange = exchange;
    }

    /** The nodes whose states are here. */
    NodeReport current() {
        return new NodeReport(exchange.status().orElse(null), exchange.nodes());
    }

    /** The same if states are shared; else empty. */
    public Optional<NodeReport> ifShared() {
        return exchange.status().map(status -> new NodeReport(status, exchange.nodes()));
    }
}
