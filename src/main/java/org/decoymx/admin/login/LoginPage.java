package org.decoymx.admin.login;

import io.quarkus.qute.Template;
import io.quarkus.qute.TemplateInstance;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** The form with which users log in; Quarkus answers what it sends. */
@Path("/login")
public final class LoginPage {
    private final Template login;
    private final UserAccounts users;

    LoginPage(Template login, UserAccounts users) {
        this.login = login;
        this.users = users;
    }

    @GET
    @Produces(MediaType.TEXT_HTML)
    public String get(RoutingContext context) {
        TemplateInstance page = login.data("failed", context.request().getParam("failed") != null)
                .data("noUsers", users.isEmpty())
                .data(
                        "waitSeconds",
                        users.remainingWait(UserAccounts.client(context)).toSeconds());
        return page.render();
    }
}
