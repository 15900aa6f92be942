-- room: Billing/Payments

create table PaymentIntent (
    Id varchar(30) not null constraint PK_PaymentIntent primary key,
    OrderId varchar(30) not null,
    AccountId varchar(30) not null,
    AmountPaise bigint not null,
    Currency varchar(3) not null,
    State varchar(12) not null constraint CK_PaymentIntent_State check (State in ('preparing', 'open', 'paid', 'cancelled', 'expired')),
    GatewayOrderId varchar(40) null,
    AskedAt datetime2(3) null,
    LastFailure nvarchar(300) null,
    NextPollAt datetime2(3) null,
    CreatedAt datetime2(3) not null,
    ClosedAt datetime2(3) null
);

create unique index UQ_PaymentIntent_GatewayOrder on PaymentIntent (GatewayOrderId) where GatewayOrderId is not null;
create unique index UQ_PaymentIntent_Open on PaymentIntent (OrderId) where ClosedAt is null;
create index IX_PaymentIntent_Order on PaymentIntent (OrderId);
create index IX_PaymentIntent_Poll on PaymentIntent (NextPollAt) where NextPollAt is not null;

-- one row a captured payment, written in the transaction that settles it: a payment that has a row is settled
create table GatewayPayment (
    Id varchar(40) not null constraint PK_GatewayPayment primary key,
    IntentId varchar(30) not null constraint FK_GatewayPayment_Intent references PaymentIntent (Id),
    OrderId varchar(30) not null,
    AccountId varchar(30) not null,
    AmountPaise bigint not null,
    Currency varchar(3) not null,
    FeePaise bigint null,
    FeeTaxPaise bigint null,
    Method varchar(30) not null,
    Settlement varchar(10) not null constraint CK_GatewayPayment_Settlement check (Settlement in ('invoice', 'wallet', 'refund')),
    Reason varchar(30) not null,
    DocumentId varchar(30) null,
    FeePostedAt datetime2(3) null,
    PaidAt datetime2(3) not null,
    SettledAt datetime2(3) not null
);

create index IX_GatewayPayment_Account on GatewayPayment (AccountId, SettledAt);
create index IX_GatewayPayment_Intent on GatewayPayment (IntentId);

create table WebhookInbox (
    EventId varchar(80) not null constraint PK_WebhookInbox primary key,
    Event varchar(80) not null,
    Body varbinary(max) not null,
    Signature varchar(64) not null,
    ReceivedAt datetime2(3) not null,
    State varchar(10) not null constraint CK_WebhookInbox_State check (State in ('received', 'done', 'ignored', 'failed')),
    Reason varchar(60) null,
    PaymentId varchar(40) null,
    ProcessedAt datetime2(3) null
);

create index IX_WebhookInbox_State on WebhookInbox (State, ReceivedAt);

create table Refund (
    Id varchar(30) not null constraint PK_Refund primary key,
    AccountId varchar(30) not null,
    PaymentId varchar(40) not null constraint FK_Refund_Payment references GatewayPayment (Id),
    AmountPaise bigint not null,
    Currency varchar(3) not null,
    State varchar(10) not null constraint CK_Refund_State check (State in ('wanted', 'pending', 'processed', 'failed')),
    Reason varchar(30) not null,
    GatewayRefundId varchar(40) null,
    Trouble nvarchar(300) null,
    CreatedAt datetime2(3) not null,
    EndedAt datetime2(3) null
);

create unique index UQ_Refund_Gateway on Refund (GatewayRefundId) where GatewayRefundId is not null;
create index IX_Refund_Payment on Refund (PaymentId);
create index IX_Refund_Account on Refund (AccountId, CreatedAt);
