using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Benchmarks;

/// <summary>The least that can answer with an ES256 JWT: Kestrel, one key, one signature a request. Nobody is asked who they are.</summary>
internal static class BareToken
{
    public const string Verb = "bare-token";

    public static async Task<int> Run(string[] args)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var head = Base64Url.EncodeToString("""{"alg":"ES256","typ":"at+jwt","kid":"one"}"""u8);
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapGet("/health/live", () => "live");
        app.MapPost("/token", () =>
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            var body = JsonSerializer.SerializeToUtf8Bytes(new
            {
                iss = "https://portal.example.in",
                sub = "bench",
                aud = "https://api.example.in",
                iat = now,
                exp = now + 600,
                jti = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
                scope = "api",
            });
            var text = $"{head}.{Base64Url.EncodeToString(body)}";
            var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
            return Results.Json(new { access_token = $"{text}.{Base64Url.EncodeToString(signature)}", token_type = "Bearer", expires_in = 600 });
        });
        await app.RunAsync();
        return 0;
    }
}
