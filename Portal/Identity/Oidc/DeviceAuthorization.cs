using Database;

namespace Portal.Identity.Oidc;

/// <summary>The device authorization endpoint (RFC 8628 section 3.1).</summary>
internal static class DeviceAuthorization
{
    public const string Path = "/oidc/device";
    public const string PagePath = "/device";

    public static async Task<IResult> Post(HttpContext context, ClientAuthentication authentication, PublicAddress address, Db db, TimeProvider clock)
    {
        var (form, unreadable) = await Parameters.Read(context);
        if (unreadable is not null) return unreadable;
        var (client, stranger) = await authentication.Run(context, form);
        if (stranger is not null) return stranger;
        if (!client.GrantTypes.Contains(GrantTypes.Device, StringComparer.Ordinal))
            return OAuthProblem.Of("unauthorized_client", "This client may not use the device flow.");
        var scopes = (form["scope"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        if (scopes.Count == 0 || scopes.Any(scope => scope != "openid" && !client.Scopes.Contains(scope, StringComparer.Ordinal)))
            return OAuthProblem.Of("invalid_scope", "The scope is empty or not allowed for this client.");

        var deviceCode = Secrets.New();
        var userCode = DeviceRequest.NewUserCode();
        await db.Write(tx => DeviceRequest.Add(tx, deviceCode, userCode, client, string.Join(' ', scopes), context.Ip(), clock.GetUtcNow()));
        return Results.Json(new
        {
            device_code = deviceCode,
            user_code = userCode,
            verification_uri = address.Of(PagePath),
            verification_uri_complete = address.Of($"{PagePath}?user_code={userCode}"),
            expires_in = (int)DeviceRequest.Length.TotalSeconds,
            interval = DeviceRequest.FirstPause,
        });
    }
}
