package org.decoymx.admin.login;

import io.quarkus.qute.Template;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** The form with which users log in; Quarkus answers what it sends. */
@Path(LoginPage.PATH)
public final class LoginPage {
    static final String PATH = "/login";

    private final Template login;
    private final UserAccounts users;

    LoginPage(Template login, UserAccounts users) {
        this.login = login;
        this.users = users;
    }

    @GET
    @PermitAll
    @Produces(MediaType.TEXT_HTML + ";charset=utf-8")
    public String get(RoutingContext context) {
        return login.data("failed", context.request().getParam("failed") != null)
                .data("noUsers", users.size() == 0)
                .data("waitSeconds", users.remainingWait(Actor.client(context)).toSeconds())
                .render();
    }

    /** Whether a request has the fields of the form. */
    static boolean isSubmitted(RoutingContext context) {
        return context.request().method().equals(HttpMethod.POST)
                && context.normalizedPath().equals(PATH);
    }
}
