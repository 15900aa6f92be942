using System.Security.Cryptography;

namespace Portal.Shell;

/// <summary>The headers that tell a browser what a page may do; one nonce a response.</summary>
public sealed class PagePolicy
{
    private readonly List<string> formTargets = [];

    /// <summary>The nonce of this response, for a <c>script</c> or <c>style</c> element that must be inline.</summary>
    public string Nonce { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    /// <summary>Lets a form of this page end at another origin (the gateway's checkout), redirects included.</summary>
    public void AllowFormsTo(Uri origin) => formTargets.Add(origin.GetLeftPart(UriPartial.Authority));

    internal string Header => string.Join(
        "; ",
        "default-src 'none'",
        $"script-src 'self' 'nonce-{Nonce}'",
        $"style-src 'self' 'nonce-{Nonce}'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        $"form-action {string.Join(' ', formTargets.Prepend("'self'"))}",
        "base-uri 'none'",
        "frame-ancestors 'none'");
}

/// <summary>Puts the security headers on every answer.</summary>
public static class Security
{
    private static readonly object Slot = new();

    /// <summary>What the page of this request may do; change it before the page is written.</summary>
    public static PagePolicy PagePolicy(this HttpContext context)
    {
        if (context.Items[Slot] is PagePolicy known) return known;
        var made = new PagePolicy();
        context.Items[Slot] = made;
        return made;
    }

    internal static Task Headers(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = context.PagePolicy().Header;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
            if (string.IsNullOrEmpty(headers.CacheControl)) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context);
        return next(context);
    }
}
