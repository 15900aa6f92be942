using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Provisioning.Hypervisors;

/// <summary>How an operation of the hypervisor ended.</summary>
internal abstract record OperationEnd
{
    private OperationEnd()
    {
    }

    /// <summary>Done.</summary>
    public sealed record Succeeded : OperationEnd;

    /// <summary>Failed, in the hypervisor's words.</summary>
    public sealed record Failed(HypervisorException Trouble) : OperationEnd;

    /// <summary>The hypervisor knows nothing of it: restarted, or ended more than five seconds ago. Only the object itself can tell.</summary>
    public sealed record Unknown : OperationEnd;
}

/// <summary>Requests, envelopes and operations of LXD's and Incus's REST API.</summary>
internal sealed class HypervisorConnection : IDisposable
{
    /// <summary>Traces of the calls.</summary>
    public static ActivitySource Traces { get; } = new("Portal.Hypervisors");

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);
    private const int WaitSeconds = 20;
    private readonly HypervisorOptions options;
    private readonly HttpClient http;
    private readonly X509Certificate2? certificate;

    public HypervisorConnection(HypervisorOptions options)
    {
        this.options = options;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (options.Socket.Length > 0)
        {
            handler.ConnectCallback = async (_, cancelled) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(options.Socket), cancelled);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }
        else if (Secure)
        {
            certificate = X509Certificate2.CreateFromPemFile(options.ClientCertificate, options.ClientKey);
            handler.SslOptions.ClientCertificates = [certificate];
            // self-signed by nature: the pin replaces names and chains
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && shown.GetCertHashString(HashAlgorithmName.SHA256) == options.Fingerprint;
        }

        http = new HttpClient(handler)
        {
            BaseAddress = options.Socket.Length > 0 ? new Uri("http://hypervisor") : new Uri(options.Url),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private bool Secure => options.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Asks for an object; null when it is not there.</summary>
    public async Task<JsonNode?> Get(string path, CancellationToken cancelled)
    {
        try
        {
            return (await Send(HttpMethod.Get, path, null, cancelled)).Metadata;
        }
        catch (HypervisorException trouble) when (trouble.Trouble == HypervisorTrouble.Absent)
        {
            return null;
        }
    }

    /// <summary>Asks for a change and waits until it is done, has failed or nobody knows.</summary>
    /// <exception cref="HypervisorException">The request itself was turned down.</exception>
    public async Task<OperationEnd> Run(HttpMethod method, string path, HttpContent? content, CancellationToken cancelled, string? ifMatch = null,
        IEnumerable<(string Name, string Value)>? headers = null)
    {
        var answer = await Send(method, path, content, cancelled, ifMatch, headers, content is StreamContent ? Timeout.InfiniteTimeSpan : null);
        return answer.Operation is null ? new OperationEnd.Succeeded() : await Wait(answer.Operation, cancelled);
    }

    /// <summary>Waits for an operation.</summary>
    /// <exception cref="HypervisorException">It still runs after the configured patience.</exception>
    public async Task<OperationEnd> Wait(string operation, CancellationToken cancelled)
    {
        var since = Stopwatch.GetTimestamp();
        var seconds = (int)Math.Ceiling(Math.Min(WaitSeconds, options.Patience.TotalSeconds));
        while (true)
        {
            // an expired wait answers 200 with "Running"; 200 says nothing about the operation
            var found = await Get($"{operation}/wait?timeout={seconds}", cancelled);
            if (found is null) return new OperationEnd.Unknown();
            var status = (int?)found["status_code"] ?? 0;
            if (status == 200) return new OperationEnd.Succeeded();
            if (status >= 400) return new OperationEnd.Failed(HypervisorException.From(400, (string?)found["err"] ?? (string?)found["status"] ?? ""));
            if (Stopwatch.GetElapsedTime(since) <= options.Patience) continue;
            throw new HypervisorException(
                HypervisorTrouble.Broken,
                "provisioning.hypervisors.too_slow",
                $"{(string?)found["description"] ?? "An operation"} still runs after {options.Patience}.");
        }
    }

    /// <summary>The operations that run on the instance now.</summary>
    public async Task<IReadOnlyList<string>> RunningOn(string instance, CancellationToken cancelled)
    {
        var all = await Get("/1.0/operations?recursion=1", cancelled);
        var resource = $"/1.0/instances/{instance}";
        return [.. (all?["running"]?.AsArray() ?? [])
            .Where(operation => operation?["resources"]?["instances"]?.AsArray()
                .Any(one => ((string?)one)?.Split('?')[0] == resource) == true)
            .Select(operation => $"/1.0/operations/{(string?)operation!["id"]}")];
    }

    /// <summary>Opens a body as it is sent (an export); the caller disposes the answer.</summary>
    public async Task<HttpResponseMessage> Open(string path, CancellationToken cancelled)
    {
        using var activity = Trace(HttpMethod.Get, path);
        var answer = await Exchange(HttpMethod.Get, path, null, null, null, cancelled);
        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw Refusal(answer, await Envelope(answer, cancelled));
    }

    public async Task<Answer> Send(HttpMethod method, string path, HttpContent? content, CancellationToken cancelled, string? ifMatch = null,
        IEnumerable<(string Name, string Value)>? headers = null, TimeSpan? within = null)
    {
        using var activity = Trace(method, path);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limit.CancelAfter(within ?? AnswerWithin);
        try
        {
            using var answer = await Exchange(method, path, content, ifMatch, headers, limit.Token);
            var envelope = await Envelope(answer, limit.Token);
            if (!answer.IsSuccessStatusCode || (string?)envelope["type"] == "error") throw Refusal(answer, envelope);
            // LXD's ETag has no quotes, so the typed header does not hold it
            var etag = answer.Headers.TryGetValues("ETag", out var tags) ? tags.First() : null;
            return new Answer(envelope["metadata"], (string?)envelope["operation"] is { Length: > 0 } operation ? operation : null, etag);
        }
        catch (OperationCanceledException late) when (!cancelled.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, "no answer");
            throw new HypervisorException(
                HypervisorTrouble.Broken, "provisioning.hypervisors.no_answer", $"The hypervisor of {options.Region} did not answer in time.", late);
        }
        catch (HypervisorException trouble)
        {
            activity?.SetStatus(ActivityStatusCode.Error, trouble.Code);
            throw;
        }
    }

    private async Task<HttpResponseMessage> Exchange(HttpMethod method, string path, HttpContent? content, string? ifMatch,
        IEnumerable<(string Name, string Value)>? headers, CancellationToken cancelled)
    {
        // set here: HttpClient's default version does not apply to requests made by hand
        using var request = new HttpRequestMessage(method, InProject(path))
        {
            Content = content,
            Version = Secure ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        foreach (var (name, value) in headers ?? []) request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancelled);
        }
        catch (HttpRequestException trouble)
        {
            throw new HypervisorException(
                HypervisorTrouble.Broken,
                "provisioning.hypervisors.unreachable",
                $"The hypervisor of {options.Region} cannot be reached: {trouble.Message}",
                trouble);
        }
    }

    private static async Task<JsonNode> Envelope(HttpResponseMessage answer, CancellationToken cancelled)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<JsonNode>(cancelled) ?? new JsonObject();
        }
        catch (Exception trouble) when (trouble is JsonException or HttpRequestException or IOException)
        {
            throw new HypervisorException(
                HypervisorTrouble.Broken,
                "provisioning.hypervisors.not_understood",
                $"The hypervisor's answer with status {(int)answer.StatusCode} is not what its API sends.",
                trouble);
        }
    }

    private static HypervisorException Refusal(HttpResponseMessage answer, JsonNode envelope) =>
        HypervisorException.From((int)answer.StatusCode, (string?)envelope["error"] ?? answer.StatusCode.ToString());

    private string InProject(string path) => options.Project == "default"
        ? path
        : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}project={Uri.EscapeDataString(options.Project)}";

    private Activity? Trace(HttpMethod method, string path)
    {
        var activity = Traces.StartActivity($"{method} {path.Split('?')[0]}", ActivityKind.Client);
        activity?.SetTag("http.request.method", method.Method);
        activity?.SetTag("provisioning.region", options.Region);
        return activity;
    }

    public void Dispose()
    {
        http.Dispose();
        certificate?.Dispose();
    }

    /// <summary>What the envelope held.</summary>
    internal sealed record Answer(JsonNode? Metadata, string? Operation, string? ETag);
}
