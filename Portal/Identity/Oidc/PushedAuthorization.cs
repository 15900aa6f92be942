using Database;
using Microsoft.Extensions.Primitives;

namespace Portal.Identity.Oidc;

/// <summary>The pushed authorization request endpoint (RFC 9126 section 2).</summary>
internal static class PushedAuthorization
{
    public const string Path = "/oidc/par";

    /// <summary>Of the client's authentication, not of its request.</summary>
    private static readonly string[] Credentials = ["client_secret", "client_assertion", "client_assertion_type"];

    public static async Task<IResult> Post(HttpContext context, ClientAuthentication authentication, Dpop dpop, Db db, TimeProvider clock)
    {
        var (form, unreadable) = await Parameters.Read(context);
        if (unreadable is not null) return unreadable;
        var (client, stranger) = await authentication.Run(context, form);
        if (stranger is not null) return stranger;
        // section 2.1 no. 2
        if (form["request_uri"] is not null) return OAuthProblem.Of("invalid_request", "A pushed request has no request_uri.");
        // RFC 9449 section 10.1: a proof here is as good as dpop_jkt
        var (jkt, trouble) = await dpop.Check(context, null);
        if (trouble is not null) return OAuthProblem.Of("invalid_dpop_proof", trouble);
        if (jkt is not null && form["dpop_jkt"] is { } said && said != jkt)
            return OAuthProblem.Of("invalid_dpop_proof", "dpop_jkt is another key than the proof's.");

        var values = form.All.Where(pair => !Credentials.Contains(pair.Key, StringComparer.Ordinal))
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        values["client_id"] = client.Id;
        if (jkt is not null) values["dpop_jkt"] = jkt;
        var uri = PushedRequest.UriPrefix + Secrets.New();
        // section 2.1 no. 3: checked as if it had come through the browser
        switch (AuthorizeRequest.Check(client, values.Select(pair => KeyValuePair.Create(pair.Key, new StringValues(pair.Value))), Secrets.Hash(uri)))
        {
            case AuthorizeRequest.Unanswerable no: return OAuthProblem.Of(no.Error, no.Text);
            case AuthorizeRequest.Refused no: return OAuthProblem.Of(no.Error, no.Text);
            default:
                await db.Write(tx => PushedRequest.Add(tx, uri, client.Id, values, clock.GetUtcNow()));
                return Results.Json(
                    new { request_uri = uri, expires_in = (int)PushedRequest.Length.TotalSeconds }, statusCode: StatusCodes.Status201Created);
        }
    }
}
