-- room: Portal/Servers

create table ServerOrder (
    ServerId varchar(30) not null constraint PK_ServerOrder primary key,
    AccountId varchar(30) not null,
    PersonId varchar(30) not null,
    SalesOrderId varchar(30) not null,
    SalesOrderLineId varchar(30) not null,
    PlanCode varchar(20) not null,
    Region varchar(20) not null,
    ImageCode varchar(40) not null,
    Hostname varchar(253) not null,
    Label nvarchar(80) not null,
    SshKey varchar(2000) not null,
    Backups bit not null,
    PlacedAt datetime2(3) not null,
    constraint UQ_ServerOrder_SalesOrderLineId unique (SalesOrderLineId)
);

create index IX_ServerOrder_Account on ServerOrder (AccountId, ServerId);
create index IX_ServerOrder_SalesOrder on ServerOrder (SalesOrderId);
