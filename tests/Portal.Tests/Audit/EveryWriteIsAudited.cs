using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Database.Audit;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Portal.Tests.Audit;

/// <summary>
/// Every handler that may write (a page's OnPost…, an endpoint of POST, PUT, PATCH, DELETE) can reach the writing of an audit event in
/// its code; the few that need none say why here.
/// </summary>
public sealed class EveryWriteIsAudited
{
    private static readonly Dictionary<string, string> Exempt = new(StringComparer.Ordinal)
    {
        ["OrderModel.OnPostReview"] = "shows the price, writes nothing",
        ["OrderModel.OnPostChange"] = "shows the form again, writes nothing",
        ["AuthorizeModel.OnPost"] = "the authorization request by POST: leads on to a page",
        ["UserInfo.Answer"] = "reads",
        ["EndSession.Post"] = "the request by POST: leads on to the GET",
        ["DeviceModel.OnPostLook"] = "shows what the code stands for, writes nothing",
        ["PushedAuthorization.Post"] = "keeps a request for a minute; what comes of it is told of by identity.grant_given",
        ["DeviceAuthorization.Post"] = "begins a wait for a person, whose answer is told of",
        ["Introspection.Post"] = "reads",
        ["ReturnModel.OnPost"] = "the gateway's browser return: adds work that settles and is told of by payments.settled",
        ["ReceiveWebhook.Answer"] = "keeps the gateway's message; what it changes is told of by payments.*",
        ["ManageModel.OnPostTry"] = "asks a company's issuer, writes nothing",
        ["Token.Post"] = "exchanges what identity.grant_given told of",
    };

    [Fact]
    public async Task Each_handler_leaves_an_event_or_says_why_it_needs_none()
    {
        await using var portal = await PortalUnderTest.Start();
        var calls = new Calls(typeof(PortalHost).Assembly, typeof(Billing.Orders.SalesOrder).Assembly, typeof(RecordEvent).Assembly);
        var silent = Handlers(portal)
            .Where(handler => !calls.Reaches(handler, typeof(RecordEvent).GetMethod(nameof(RecordEvent.Record))!))
            .Select(handler => $"{handler.DeclaringType!.Name}.{handler.Name}")
            .Distinct()
            .Where(name => !Exempt.ContainsKey(name));
        Assert.True(!silent.Any(), $"These handlers write and leave no event: {string.Join(", ", silent)}");
    }

    [Fact]
    public void The_search_finds_handlers_and_knows_a_silent_one()
    {
        var calls = new Calls(typeof(PortalHost).Assembly, typeof(EveryWriteIsAudited).Assembly, typeof(RecordEvent).Assembly);
        var record = typeof(RecordEvent).GetMethod(nameof(RecordEvent.Record))!;
        Assert.False(calls.Reaches(typeof(EveryWriteIsAudited).GetMethod(nameof(Silent), BindingFlags.Static | BindingFlags.NonPublic)!, record));
        Assert.True(calls.Reaches(typeof(EveryWriteIsAudited).GetMethod(nameof(Told), BindingFlags.Static | BindingFlags.NonPublic)!, record));
    }

    private static Task<int> Silent(Database.Db db) => db.Write(async tx => await tx.Execute("delete from Thing"));

    private static Task Told(Database.Db db) => db.Write(async tx =>
    {
        await Task.CompletedTask;
        await tx.Record(new AuditEvent("things.done"), DateTimeOffset.UnixEpoch);
    });

    private static IEnumerable<MethodInfo> Handlers(PortalUnderTest portal)
    {
        var pages = typeof(PortalHost).Assembly.GetTypes().Where(type => typeof(PageModel).IsAssignableFrom(type))
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(method => method.Name.StartsWith("OnPost", StringComparison.Ordinal));
        var endpoints = portal.Get<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints)
            .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { } http && http.HttpMethods.Any(verb => verb is not ("GET" or "HEAD" or "OPTIONS")))
            .Select(endpoint => endpoint.Metadata.GetMetadata<MethodInfo>())
            .OfType<MethodInfo>();
        return [.. pages, .. endpoints];
    }

    /// <summary>Which method's code names which other: calls, delegates, state machines of async methods.</summary>
    private sealed class Calls(params Assembly[] ours)
    {
        private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

        public bool Reaches(MethodBase from, MethodInfo target)
        {
            var seen = new HashSet<MethodBase>();
            var open = new Queue<MethodBase>([from]);
            while (open.TryDequeue(out var method))
            {
                if (method == target) return true;
                if (!seen.Add(method) || !ours.Contains(method.Module.Assembly)) continue;
                foreach (var next in Named(method)) open.Enqueue(next);
            }

            return false;
        }

        private static IEnumerable<MethodBase> Named(MethodBase method)
        {
            if (method.GetCustomAttribute<StateMachineAttribute>()?.StateMachineType is { } machine)
                yield return machine.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!;
            if (method.GetMethodBody()?.GetILAsByteArray() is not { } il) yield break;
            for (var at = 0; at < il.Length;)
            {
                var code = Codes[il[at] == 0xfe ? (short)(0xfe00 | il[at + 1]) : il[at]];
                at += code.Size;
                if (code.OperandType is OperandType.InlineMethod && Resolve(method, BitConverter.ToInt32(il, at)) is { } named) yield return named;
                at += code.OperandType switch
                {
                    OperandType.InlineNone => 0,
                    OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                    OperandType.InlineVar => 2,
                    OperandType.InlineI8 or OperandType.InlineR => 8,
                    OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
                    _ => 4,
                };
            }
        }

        private static MethodBase? Resolve(MethodBase within, int token)
        {
            var types = within.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
            var own = within.IsGenericMethod ? within.GetGenericArguments() : null;
            var named = within.Module.ResolveMethod(token, types, own);
            return named is MethodInfo { IsGenericMethod: true } method ? method.GetGenericMethodDefinition() : named;
        }
    }
}
